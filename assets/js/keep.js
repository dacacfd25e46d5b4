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

// A picture does not fit into an address; the page says so where the link is copied.
const flipsText = (p, view) => [...view.overrides].map(([t, flow]) => `${t}:${p.flows[flow]}`).join(',');

// The address follows the view, so that a reload or a bookmark brings it back. Very long texts stay out of it.
function rememberInAddress(p, view) {
  if (props.saved) return; // a file's address names the file
  const url = linkOf(p, view);
  if (url.href.length < 6000) history.replaceState(null, '', url);
}

function tableOf(p, outcome, label, scores) {
  const cell = (text) => {
    const safe = /^[=+\-@]/.test(text) && isNaN(text) ? `'${text}` : String(text); // a spreadsheet would run it
    return /[",\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  };
  const own = p.tokens.map((token, t) => {
    const taken = flowTaken(p, outcome.weights, t);
    const parts = p.parts(t, label).flatMap(([own, got]) => [outcome.kappa[t] * own, outcome.rho[t] * got]);
    const scored = !p.answers ? [lookedAt(p, p.piece, t)]
      : scores ? [scores.prediction.scores[t], scores.gate.scores[t]] : ['', ''];
    return [p.xName, t, token, p.reading[t], taken < 0 ? 'mixed' : p.flows[taken], ...parts, ...scored, '', ...(p.answers ? [''] : [])];
  });
  const { read, gain } = contextReading(p, outcome.rho, label, -1);
  const empty = Array(PART_COLUMNS[p.readout].length).fill('');
  const other = p.contextTokens.map((token, s) => {
    const scored = scores ? [scores.prediction.contextScores[s], scores.gate.contextScores[s]] : ['', ''];
    return [p.hName, s, token, '', '', ...empty, ...(p.answers ? scored : ['']), read[s], ...(p.answers ? [gain[s]] : [])];
  });
  const head = ['text', 'index', 'token', 'gate', 'flow', ...PART_COLUMNS[p.readout],
    ...(p.answers ? ['pushed_answer', 'opened_gates', 'was_read', 'adds'] : ['looked_at', 'was_read'])];
  return [head, ...own, ...other].map((row) => row.map(cell).join(',')).join('\n') + '\n';
}

const PART_COLUMNS = {
  classification: ['by_itself', 'from_context'],
  span: ['start_by_itself', 'start_from_context', 'end_by_itself', 'end_from_context'],
  generation: [],
};

function download(name, text) {
  const link = make('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// What a button did stands on it for a moment.
function said(node, word) {
  const before = (node.dataset.word ||= node.textContent);
  node.textContent = word;
  clearTimeout(node.timer);
  node.timer = setTimeout(() => (node.textContent = before), 1500);
}

function copyText(text, node) {
  const done = (word) => said(node, word);
  if (!navigator.clipboard) return done('The link is in the address bar');
  navigator.clipboard.writeText(text).then(() => done('Copied'), () => done('The link is in the address bar'));
}
