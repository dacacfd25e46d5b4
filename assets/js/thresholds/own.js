// Rows of one's own: pasted or from a file, run on the server with progress; nothing of them is kept there.
const MOST_CHARACTERS = 1000000;

function ownRows(root, send, stop) {
  const $ = (name) => root.querySelector(`.th-${name}`);
  const text = $('own-text'), run = $('own-run'), cancel = $('own-cancel'), status = $('own-status'), bar = $('own-bar');
  let id = 0, running = false;
  const busy = (now) => {
    running = now;
    run.disabled = now;
    cancel.hidden = bar.hidden = !now;
  };
  run.addEventListener('click', () => {
    if (!text.value.trim()) return setText(status, 'Paste rows or choose a file first.');
    if (text.value.length > MOST_CHARACTERS) return setText(status, `That is ${count(text.value.length)} characters; at most ${count(MOST_CHARACTERS)} are taken.`);
    busy(true);
    bar.removeAttribute('value');
    setText(status, 'Waiting for the model…');
    send({ id: ++id, csv: text.value });
  });
  cancel.addEventListener('click', () => {
    stop({ id });
    id++;
    busy(false);
    setText(status, 'Stopped.');
  });
  $('own-file').addEventListener('change', async ({ target }) => {
    const [file] = target.files;
    if (!file) return;
    if (file.size > 4 * MOST_CHARACTERS) return setText(status, 'The file is too large: a few hundred rows are taken.');
    text.value = await file.text();
    setText(status, `${file.name} is in the field.`);
  });
  return {
    for(name, titles) { setText($('own-for'), titles[name] || name); },
    // answer: {id, done, total}, {id, rows} at the end, or {id, error}
    arrived(answer, show) {
      if (!answer || answer.id !== id || !running) return;
      if (answer.error) { busy(false); return setText(status, answer.error); }
      if (answer.rows) {
        busy(false);
        setText(status, `${count(answer.rows.n)} rows are in the figures above.`);
        return show(answer.rows);
      }
      bar.max = answer.total;
      bar.value = answer.done;
      setText(status, `${answer.done} of ${answer.total} rows`);
    },
  };
}
