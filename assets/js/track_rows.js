// The tracks as numbers, for figures: blocks of columns (one per token), each with rows.
//   row: {name, kind, values, top}; kind `gate`: 0 to 1, with θ and the flow's colour; `flow`: a letter; `two`: pairs
//   [by itself, read]; `signed`: about a middle line; `share`: from the bottom. A value over top fills its cell.
function trackBlocks(p, view, outcome, label, scores) {
  const own = { title: `${p.xName}: which way every token goes`, names: p.tokens, rows: ownRows(p, view, outcome, label, scores) };
  if (!p.S || p.contextKind === 'backward') return [own];
  return [own, { title: `${p.hName}: what was read of it`, names: p.contextTokens, rows: readRows(p, outcome, label, scores) }];
}

function ownRows(p, view, outcome, label, scores) {
  const all = (f) => Array.from({ length: p.T }, (_, t) => f(t));
  const flows = all((t) => flowTaken(p, outcome.weights, t)).map((taken) => (taken < 0 ? 'mixed' : p.flows[taken]));
  const theta = view.policy === 'threshold' || view.policy === 'weighted_threshold' ? view.theta : null;
  const flipped = all((t) => view.overrides.has(t)), names = trackRows(p, p.answers ? p.nameOf(label) : null).map(([name]) => name);
  const rows = [
    { name: names[1], kind: 'gate', values: Array.from(p.reading), top: 1, flows, theta },
    { name: names[2].replace(' ⇄', ''), kind: 'flow', values: flows, flipped },
  ];
  p.parts(0, label).forEach((_, k) => rows.push({
    name: names[3 + k], kind: 'two', top: p.scale,
    values: all((t) => p.parts(t, label)[k]).map(([own, got], t) => [outcome.kappa[t] * own, outcome.rho[t] * got]),
  }));
  if (!p.answers) rows.push(scaled(names[3], 'share', all((t) => lookedAt(p, p.piece ?? -1, t))));
  return scores ? [...rows, ...scoreRows(p, scores, 'scores')] : rows;
}

function readRows(p, outcome, label, scores) {
  const { read, gain } = contextReading(p, outcome.rho, label, -1), scale = contextScale(p, label);
  const rows = [{ name: 'was read', kind: 'share', values: Array.from(read), top: scale.read }];
  if (p.answers) rows.push({ name: `adds to ${addsTo(p, p.nameOf(label))}`, kind: 'signed', values: Array.from(gain), top: scale.gain });
  return scores ? [...rows, ...scoreRows(p, scores, 'contextScores')] : rows;
}

const scoreRows = (p, { prediction, gate }, side) => [
  scaled(p.answers ? 'pushed answer' : 'pushed text', 'signed', prediction[side]),
  scaled('opened gates', 'signed', gate[side]),
];

const scaled = (name, kind, values) => ({ name, kind, values, top: Math.max(1e-12, ...values.map(Math.abs)) });
