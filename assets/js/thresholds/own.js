// Rows of one's own: pasted or from a file, run on the server with progress; nothing of them is kept there.
// Of a file the bytes are sent: the server tells its encoding and its form.
const MOST_CHARACTERS = 1000000, MOST_BYTES = 4000000;

function ownRows(root, send, stop) {
  const $ = (name) => root.querySelector(`.th-${name}`);
  const text = $('own-text'), run = $('own-run'), cancel = $('own-cancel'), status = $('own-status'), bar = $('own-bar');
  const chooser = $('own-file');
  let id = 0, running = false, chosen = null; // {file, file_name}: the bytes in base64
  const busy = (now) => {
    running = now;
    run.disabled = now;
    cancel.hidden = bar.hidden = !now;
  };
  run.addEventListener('click', () => {
    if (!chosen && !text.value.trim()) return setText(status, 'Paste rows or choose a file first.');
    if (text.value.length > MOST_CHARACTERS) return setText(status, `That is ${count(text.value.length)} characters; at most ${count(MOST_CHARACTERS)} are taken.`);
    busy(true);
    bar.removeAttribute('value');
    setText(status, 'Waiting for the model…');
    send({ id: ++id, ...(chosen || { csv: text.value }) });
  });
  cancel.addEventListener('click', () => {
    stop({ id });
    id++;
    busy(false);
    setText(status, 'Stopped.');
  });
  chooser.addEventListener('change', async () => {
    const [file] = chooser.files;
    chosen = null;
    if (!file) return;
    if (file.size > MOST_BYTES) return setText(status, 'The file is too large: a few hundred rows are taken.');
    try {
      const bytes = file.size ? await base64Of(file) : ''; // an empty file's address has no comma
      if (chooser.files[0] !== file) return;
      chosen = { file: bytes, file_name: file.name.slice(-200) };
    } catch (error) {
      return setText(status, `${file.name} cannot be read: ${error.message}`);
    }
    text.value = '';
    setText(status, `${file.name} is chosen; run its rows.`);
  });
  text.addEventListener('input', () => { // a text that is typed or pasted takes the place of the file
    if (!chosen) return;
    chosen = null;
    chooser.value = '';
    setText(status, '');
  });
  return {
    for(name, titles) { setText($('own-for'), titles[name] || name); },
    // answer: {id, done, total}, {id, rows} at the end, or {id, error}
    arrived(answer, show) {
      if (!answer || answer.id !== id || !running) return;
      if (answer.error) { busy(false); return setText(status, answer.error); }
      if (answer.rows) {
        busy(false);
        const notes = (answer.notes || []).map((note) => ` Note: ${note}.`).join('');
        setText(status, `${count(answer.rows.n)} rows are in the figures above.${notes}`);
        return show(answer.rows);
      }
      bar.max = answer.total;
      bar.value = answer.done;
      setText(status, `${answer.done} of ${answer.total} rows`);
    },
  };
}
