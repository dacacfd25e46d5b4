// A and B: rows {p, view}, each a record and a decision on it. Mirrors dualroute/compare/views.py.
function comparePair(a, b, columns = alignRows(a.p, b.p)) {
  const pair = { a, b, columns, before: outcomeOf(a), after: outcomeOf(b) };
  pair.both = pair.columns.filter((c) => c.a >= 0 && c.b >= 0);
  pair.rerouted = pair.both.filter((c) => pair.before.kappa[c.a] !== pair.after.kappa[c.b] || pair.before.rho[c.a] !== pair.after.rho[c.b]);
  return pair;
}

// The same record needs no search.
const alignRows = (p, q) => (p === q ? p.tokens.map((_, t) => ({ a: t, b: t, change: 'same' })) : align(p.tokens, q.tokens));
const outcomeOf = (row) => replay(row.p, row.view);
const sameLabels = (p, q) => p.readout === q.readout && p.labels.join('\n') === q.labels.join('\n');

// An answer as it is called: a class, the words of a span, or the text that was written for this route (null: none was).
function answerOf({ p, view }, outcome) {
  if (p.answers) return p.nameOf(outcome.best);
  const { text, alternatives } = p.written, weights = outcome.weights.join();
  if (weights === (p.writtenRoute ||= routeOf(p, viewOf(p)).weights.join())) return text;
  const all = (r) => p.tokens.every((_, t) => outcome.weights[t * p.R + r] === 1);
  return (all(0) && alternatives.direct) || (all(p.R - 1) && alternatives.merged) || null;
}

// The decision an input was traced with.
const viewOf = (p) => ({ policy: p.policy, theta: p.threshold, overrides: new Map(p.overrides), ignored: new Set() });

const probabilityOf = ({ p }, outcome) => (p.answers ? p.probOf(outcome, outcome.best) : NaN);

// The probability of a named answer, NaN where this row cannot give it.
function probabilityOfName(row, outcome, name) {
  if (row.p.readout === 'classification') {
    const c = row.p.labels.indexOf(name);
    return c < 0 ? NaN : outcome.probs[c];
  }
  return row.p.answers && answerOf(row, outcome) === name ? probabilityOf(row, outcome) : NaN;
}

// Every answer of either, with its probability in both: all classes, or the spans that were given.
function answersOf({ a, b, before, after }) {
  const classes = (p) => (p.readout === 'classification' ? p.labels : []);
  const spans = a.p.readout === 'span' || b.p.readout === 'span';
  const names = spans ? [answerOf(a, before), answerOf(b, after)] : [...classes(a.p), ...classes(b.p)];
  return [...new Set(names)].map((name) => ({
    name, a: probabilityOfName(a, before, name), b: probabilityOfName(b, after, name),
  }));
}

// What each row's tokens are shown to add to: A's class where B knows it as well, else each one's own answer.
function explained({ a, b, before, after }) {
  const shared = a.p.readout === 'classification' && b.p.readout === 'classification' ? b.p.labels.indexOf(a.p.labels[before.best]) : -1;
  return { a: before.best, b: shared >= 0 ? shared : after.best };
}

// Exact contribution of a token under a decision: one number for a class, two (start, end) for a span.
function contributionsOf(row, outcome, answer, t) {
  return ignoring(row.p, row.view.ignored).parts(t, answer)
    .map(([own, got]) => outcome.kappa[t] * own + outcome.rho[t] * got);
}
