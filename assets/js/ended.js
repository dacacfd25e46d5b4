// A choice of task or example ends a run under way. The server may not know of the run yet, or be done with it: then its
// answer comes all the same, and too late.
function endedRuns() {
  let ended = false;
  const on = (kind, where, now) => document.addEventListener(kind, ({ target, key }) => {
    if (target.closest?.(where) && (kind !== 'keydown' || key === 'Enter')) ended = now;
  }, true);
  on('input', '#task', true);
  on('click', '#examples', true);
  on('click', '#run', false);
  on('input', '#layer', false);
  on('keydown', '#x, #h', false);
  return { late: (payload) => ended && payload.run === true };
}
