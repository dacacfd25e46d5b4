// One long job at a time: asked for, heard of while it goes on, cancelled. Answers of an older job are not heard.
function longRun(send, cancel, { begin, end, progress, status }) {
  let current = null, last = 0;
  const idle = (words) => {
    begin.disabled = false;
    end.hidden = progress.hidden = true;
    setText(status, words);
  };
  end.addEventListener('click', () => {
    if (!current) return;
    cancel(current.id);
    current = null;
    idle('Cancelled. What had come by then is kept.');
    begin.focus();
  });
  return {
    running: () => !!current,
    start(request, context) {
      current = { id: `${++last}-${Math.random().toString(36).slice(2)}`, context };
      begin.disabled = true;
      end.hidden = progress.hidden = false;
      progress.value = 0;
      setText(status, 'Waiting for the server …');
      send({ ...request, id: current.id });
    },
    // The context of the job a result belongs to; null for one nobody waits for.
    heard(result) {
      if (!result || !current || result.id !== current.id) return null;
      const { context } = current;
      if (result.error) {
        current = null;
        idle(`Not done: ${result.error.replace(/\.$/, '')}.`);
        return null;
      }
      progress.value = result.total ? result.done / result.total : 0;
      const passes = result.passes ? `, ${Math.round(result.passes).toLocaleString('en')} passes so far` : '';
      setText(status, result.working ? `${result.working} (${Math.floor(result.done) + 1} of ${result.total})${passes} …` : 'Reading the input …');
      if (!result.working && result.done >= result.total) {
        current = null;
        const failed = Object.keys(result.errors || {}).length;
        idle(`Done${passes.replace(' so far', '')}.${failed ? ` ${failed} could not be computed; the table says why.` : ''}`);
      }
      return context;
    },
  };
}
