// The numbers of a view as a table: one row per token of x, then one per token of the context. Null: does not apply.
const PART_COLUMNS = {
  classification: ['by_itself', 'from_context'],
  span: ['start_by_itself', 'start_from_context', 'end_by_itself', 'end_from_context'],
  generation: [],
};

function tableOf(p, outcome, label, scores) {
  const columns = ['text', 'index', 'token', 'gate', 'flow', ...PART_COLUMNS[p.readout],
    ...(p.answers ? ['pushed_answer', 'opened_gates', 'was_read', 'adds'] : ['looked_at', 'was_read'])];
  const { read, gain } = contextReading(p, outcome.rho, label, -1);
  const own = p.tokens.map((token, t) => ownCells(p, outcome, label, scores, token, t));
  const other = p.contextTokens.map((token, s) => contextCells(p, scores, token, s, read, gain));
  return { columns, rows: [...own, ...other] };
}

function ownCells(p, outcome, label, scores, token, t) {
  const taken = flowTaken(p, outcome.weights, t);
  const parts = p.parts(t, label).flatMap(([own, got]) => [outcome.kappa[t] * own, outcome.rho[t] * got]);
  const scored = !p.answers ? [lookedAt(p, p.piece, t)]
    : scores ? [scores.prediction.scores[t], scores.gate.scores[t]] : [null, null];
  const head = [p.xName, t, token, p.reading[t], taken < 0 ? 'mixed' : p.flows[taken]];
  return [...head, ...parts, ...scored, null, ...(p.answers ? [null] : [])];
}

function contextCells(p, scores, token, s, read, gain) {
  const scored = scores ? [scores.prediction.contextScores[s], scores.gate.contextScores[s]] : [null, null];
  const empty = PART_COLUMNS[p.readout].map(() => null);
  const head = [p.hName, s, token, null, null, ...empty];
  return [...head, ...(p.answers ? scored : [null]), read[s], ...(p.answers ? [gain[s]] : [])];
}

// As pandas reads it: one object per row, with what made the numbers beside it.
function jsonOf(p, view, outcome, label, { columns, rows }) {
  const records = rows.map((row) => Object.fromEntries(row.map((value, i) => [columns[i], value])));
  const decision = { policy: view.policy, threshold: view.theta, overrides: flipsByToken(p, view) };
  const answer = p.answers ? { answer: p.nameOf(outcome.best), explained: p.nameOf(label) } : { text: p.written.text };
  return JSON.stringify({ made: p.made, checkpoint: p.checkpoint, x: p.x, h: p.h, ...decision, ...answer, rows: records }, null, 1);
}

const flipsByToken = (p, view) => Object.fromEntries([...view.overrides].map(([t, flow]) => [t, p.flows[flow]]));
