// Taking a view along: as a link that restores it, as a table of its numbers.
function linkOf(p, view) {
  const url = new URL(location.href);
  const state = { task: p.checkpoint, x: p.x, h: p.h, policy: view.policy, theta: view.theta.toFixed(3), flips: flipsText(p, view) };
  for (const [name, value] of Object.entries(state)) {
    if (value === '') url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url;
}

const flipsText = (p, view) => [...view.overrides].map(([t, flow]) => `${t}:${p.flows[flow]}`).join(',');

// The address follows the view, so that a reload or a bookmark brings it back. Very long texts stay out of it.
function rememberInAddress(p, view) {
  const url = linkOf(p, view);
  if (url.href.length < 6000) history.replaceState(null, '', url);
}

function tableOf(p, outcome, label, scores) {
  const cell = (text) => {
    const safe = /^[=+\-@]/.test(text) && isNaN(text) ? `'${text}` : String(text); // a spreadsheet would run it
    return /[",\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  };
  const head = ['text', 'index', 'token', 'gate', 'flow', 'by_itself', 'from_context', 'pushed_answer', 'opened_gates'];
  const own = p.tokens.map((token, t) => {
    const taken = flowTaken(p, outcome.weights, t);
    return [p.xName, t, token, p.reading[t], taken < 0 ? 'mixed' : p.flows[taken],
      outcome.kappa[t] * p.direct[t * p.C + label], outcome.rho[t] * p.read[t * p.C + label],
      scores ? scores.prediction.scores[t] : '', scores ? scores.gate.scores[t] : ''];
  });
  const { gain } = contextReading(p, outcome.rho, label, -1);
  const other = p.contextTokens.map((token, s) => [p.hName, s, token, '', '', '', gain[s],
    scores ? scores.prediction.contextScores[s] : '', scores ? scores.gate.contextScores[s] : '']);
  return [head, ...own, ...other].map((row) => row.map(cell).join(',')).join('\n') + '\n';
}

function download(name, text) {
  const link = make('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function copyText(text, node) {
  const done = (word) => {
    const before = node.textContent;
    node.textContent = word;
    setTimeout(() => (node.textContent = before), 1500);
  };
  if (!navigator.clipboard) return done('The link is in the address bar');
  navigator.clipboard.writeText(text).then(() => done('Copied'), () => done('The link is in the address bar'));
}
