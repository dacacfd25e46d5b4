// What happened, in plain words.
function sentence(p, view, outcome, alone, always) {
  const reading = Array.from(outcome.rho).filter((r) => r > 0).length;
  const words = [];
  if (!p.S) words.push(`There is no ${p.hName}, so nothing could be read.`);
  else words.push(readingWords(p, view, reading));
  words.push(verdictWords(p, outcome, alone, always));
  if (view.overrides.size) words.push(`${count(view.overrides.size, 'token')} flipped by hand.`);
  if (outcome.tie) words.push('The two best answers are closer than rounding can tell apart.');
  return words.join(' ');
}

const count = (n, noun) => `${n} ${noun}${n === 1 ? '' : 's'}`;

function readingWords(p, view, reading) {
  const partly = view.policy === 'soft' || view.policy === 'weighted_threshold' ? ', each in part' : '';
  if (!reading) return `No token read the ${p.hName}.`;
  return `${reading} of ${p.T} tokens read the ${p.hName}${partly}.`;
}

function verdictWords(p, outcome, alone, always) {
  const said = `The model says ${p.labels[outcome.best]} (${percent(outcome.probs[outcome.best])})`;
  if (!p.S) return `${said}.`;
  if (alone.best !== outcome.best) return `${said}; without the ${p.hName} it would say ${p.labels[alone.best]}.`;
  if (always.best !== outcome.best) return `${said}; reading everywhere it would say ${p.labels[always.best]}.`;
  return `${said}; with or without the ${p.hName} the answer is the same.`;
}

function tokenWords(p, view, outcome, t, label) {
  const taken = flowTaken(p, outcome.weights, t);
  const flow = taken < 0 ? `mixed (${percent(outcome.rho[t])} of what it reads is used)` : p.flows[taken];
  const byHand = view.overrides.has(t) ? ', by hand' : '';
  const own = outcome.kappa[t] * p.direct[t * p.C + label], got = outcome.rho[t] * p.read[t * p.C + label];
  const words = [`gate ${p.reading[t].toFixed(3)} → ${flow}${byHand}.`];
  words.push(`For ${p.labels[label]}: ${signed(own)} by itself, ${signed(got)} from the ${p.hName}.`);
  const top = topReads(p, t);
  if (top.length) words.push(`It looks at ${top.join(', ')}.`);
  return words.join(' ');
}

function topReads(p, t) {
  const row = Array.from(p.attention.slice(t * p.S, (t + 1) * p.S), (a, s) => ({ a, s }));
  return row.sort((a, b) => b.a - a.a).slice(0, 3).filter(({ a }) => a > 0)
    .map(({ a, s }) => `${quote(p.contextTokens[s])} ${percent(a)}`);
}
