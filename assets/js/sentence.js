// What happened, in plain words.
function sentence(p, view, outcome, alone, always) {
  const reading = Array.from(outcome.rho).filter((r) => r > 0).length;
  const words = [];
  if (!p.S) words.push(`There is no ${p.hName}, so nothing could be read.`);
  else words.push(readingWords(p, view, reading));
  words.push(p.answers ? verdictWords(p, outcome, alone, always) : writtenWords(p));
  if (view.overrides.size) words.push(`${count(view.overrides.size, 'token')} flipped by hand.`);
  if (outcome.tie) words.push('The two best answers are closer than rounding can tell apart.');
  return words.join(' ');
}

const count = (n, noun) => `${n} ${noun}${n === 1 ? '' : 's'}`;

function readingWords(p, view, reading) {
  const partly = view.policy === 'soft' || view.policy === 'weighted_threshold' ? ', each in part' : '';
  if (!reading) return `No token read the ${p.hName}.`;
  return `${reading} of ${count(p.T, 'token')} read the ${p.hName}${partly}.`;
}

// An answer as it is called in a sentence: a label by its name, words of the text as a quotation.
const quoted = (p, c) => (p.readout === 'span' ? `“${clip(p.nameOf(c), 80)}”` : p.nameOf(c));

function verdictWords(p, outcome, alone, always) {
  const said = `The model says ${quoted(p, outcome.best)} (${percent(p.probOf(outcome, outcome.best))})`;
  const other = (c) => (p.nameOf(c) === p.nameOf(outcome.best) ? 'find the same words elsewhere' : `say ${quoted(p, c)}`);
  if (!p.S) return `${said}.`;
  if (alone.best !== outcome.best) return `${said}; without the ${p.hName}, it would ${other(alone.best)}.`;
  if (always.best !== outcome.best) return `${said}; reading everywhere, it would ${other(always.best)}.`;
  return `${said}; with or without the ${p.hName}, the answer is the same.`;
}

function writtenWords(p) {
  const { text, alternatives } = p.written, alone = alternatives.direct;
  if (alone == null || !p.S) return `The model writes “${text}”.`;
  return alone === text ? `The model writes “${text}”, as it does without the ${p.hName}.`
    : `The model writes “${text}”; without the ${p.hName}, “${alone}”.`;
}

function tokenWords(p, view, outcome, t, label) {
  const taken = flowTaken(p, outcome.weights, t);
  const flow = taken < 0 ? `mixed (${percent(outcome.rho[t])} of what it reads is used)` : p.flows[taken];
  const byHand = view.overrides.has(t) ? ', by hand' : '';
  const words = [`gate ${p.reading[t].toFixed(3)} → ${flow}${byHand}.`];
  p.parts(t, label).forEach(([own, got], k) => {
    const what = p.readout === 'span' ? ['To start the answer', 'To end it'][k] : `For ${p.nameOf(label)}`;
    words.push(`${what}: ${signed(outcome.kappa[t] * own)} by itself, ${signed(outcome.rho[t] * got)} from the ${p.hName}.`);
  });
  const top = topReads(p, t);
  if (top.length) words.push(`It looks at ${top.join(', ')}.`);
  return words.join(' ');
}

function topReads(p, t) {
  const row = Array.from(p.attention.slice(t * p.S, (t + 1) * p.S), (a, s) => ({ a, s }));
  return row.sort((a, b) => b.a - a.a).slice(0, 3).filter(({ a }) => a > 0)
    .map(({ a, s }) => `“${clip(p.contextTokens[s].replace(/^##/, '·'), p.contextKind === 'items' ? 48 : 24)}” ${percent(a)}`);
}
