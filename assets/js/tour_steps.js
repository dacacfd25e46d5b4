// The five steps of the tour: where each points, and what it says about what is on screen at this moment.
//   seen: { view, outcome, payload, whatIf } of the inspector. A step is told anew whenever the view changes.
const TOUR = [
  { title: 'One column for every token', at: '.dr-x', tell: tellGates },
  { title: 'θ draws the line', at: '.dr-line.dr-theta-line', tell: tellTheta },
  { title: 'Send one token the other way', at: '.dr-x .dr-flow', tell: tellFlip },
  { title: 'What counted, exactly and by attribution', at: '.dr-attr', tell: tellScores },
  { title: 'What was read, and where to go from here', at: '.dr-h-title', tell: tellContext },
];

const named = (token) => '“' + clip(token.replace(/^##/, '·')) + '”';
const byLargest = (values) => Array.from(values.keys()).sort((a, b) => values[b] - values[a]);

function tellGates({ payload: p, view, outcome }) {
  const [most] = byLargest(p.reading), reading = Array.from(outcome.rho).filter((r) => r > 0).length;
  return `The gate says how much the router wants a token to read the ${p.hName}. The widest open here is ` +
    `${named(p.tokens[most])} with ${p.reading[most].toFixed(2)}. ${usesTheta(view) ? `Above θ = ${view.theta.toFixed(2)} a token reads: ` : ''}` +
    `${reading} of ${p.T} do (orange, M); the others go by themselves (blue, D).`;
}

const usesTheta = (view) => view.policy === 'threshold' || view.policy === 'weighted_threshold';

function tellTheta({ payload: p, view, outcome }) {
  if (!usesTheta(view)) return `Under the decision “${view.policy.replace('_', ' ')}” θ plays no part. Choose “threshold” to move it.`;
  const now = p.answers ? `the answer is ${answerNow(p, outcome)}` : 'the text is written anew';
  return `Drag θ, while this card is open if you like. At ${view.theta.toFixed(3)} ${now}. ` +
    (p.answers ? 'The band under the slider shows the answer at every θ. ' : '') + 'The ticks are the tokens’ gates.';
}

const answerNow = (p, outcome) => `${clip(p.nameOf(outcome.best), 40)} (${percent(p.probOf(outcome, outcome.best))})`;

function tellFlip(seen) {
  const { payload: p, outcome } = seen;
  if (!p.S) return `There is no ${p.hName} here, so a flip changes nothing.`;
  if (!p.answers) return 'Click a D or an M: that token goes the other way and the text is written anew.';
  const { token, flipped } = largestFlip(seen), taken = flowTaken(p, outcome.weights, token);
  const then = p.probOf(flipped, outcome.best), same = flipped.best === outcome.best;
  return `Click a D or an M to flip that token. The one that counts most here is ${named(p.tokens[token])}, now ` +
    `${taken < 0 ? 'mixed' : p.flows[taken]}: flipped, ${clip(p.nameOf(outcome.best), 40)} goes from ` +
    `${percent(p.probOf(outcome, outcome.best))} to ${percent(then)}${same ? '' : `, and the answer is ${clip(p.nameOf(flipped.best), 40)}`}. ` +
    'This is no estimate: scores are sums, and the page adds them up again.';
}

// The token whose flip moves the probability of the answer most.
function largestFlip({ payload: p, view, outcome, whatIf }) {
  const before = p.probOf(outcome, outcome.best);
  const all = p.tokens.map((_, token) => {
    const other = flowTaken(p, outcome.weights, token) === 0 ? p.R - 1 : 0;
    const flipped = whatIf({ overrides: new Map(view.overrides).set(token, other) });
    return { token, flipped, moved: Math.abs(p.probOf(flipped, outcome.best) - before) };
  });
  return all.reduce((a, b) => (b.moved > a.moved ? b : a));
}

function tellScores({ payload: p, outcome }) {
  const attribution = `The tracks below come from an attribution method: ${p.answers ? '“pushed answer” shows' : 'they show'} which words ` +
    'moved the outcome when they are made to appear, “opened gates” which words opened the gates. An attribution is an ' +
    'estimate; the line here says how well it adds up, and the tab Attribute how far it can be trusted.';
  if (!p.answers) return `A written text is no sum, so there is no exact track. ${attribution}`;
  const adds = Float64Array.from({ length: p.T }, (_, t) => outcome.kappa[t] * p.own(t, outcome.best) + outcome.rho[t] * p.got(t, outcome.best));
  const [top] = byLargest(adds);
  return `${p.readout === 'span' ? 'The scores to start and to end are' : 'The track “adds to …” is'} exact: ${named(p.tokens[top])} ` +
    `adds ${signed(adds[top])} to the score of ${clip(p.nameOf(outcome.best), 40)}. ${attribution}`;
}

function tellContext({ payload: p, outcome }) {
  const end = 'The other tabs: Attribute asks why, Compare puts two views side by side, Thresholds chooses θ for many rows, Results ' +
    'has what was measured, Help says it all in plain words.';
  if (!p.S) return end;
  const { read } = contextReading(p, outcome.rho, outcome.best, -1), [most] = byLargest(read);
  const top = p.contextKind === 'image' ? `patch ${most + 1}` : named(p.contextTokens[most]);
  return read[most] > 0 ? `Of the ${p.hName}, ${top} was read most. Click a word above to see what it alone reads. ${end}`
    : `Nothing of the ${p.hName} is read at this decision. ${end}`;
}
