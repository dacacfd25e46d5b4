// What can be explained, by readout: [kind, words, fields that say more]. The names are those of trace/targets.py.
const GATE_KINDS = [
  ['gate', 'the gates: mean over all tokens', []],
  ['gate-token', 'the gate of one token', ['from']],
  ['gate-tokens', 'the gates of some tokens', ['from', 'to']],
];
const TARGET_KINDS = {
  classification: [
    ['prediction', 'the answer', ['label']],
    ['margin', 'one answer against another', ['label', 'other']],
    ['effect', 'what the context changed of', ['label']],
  ],
  span: [
    ['prediction', 'the answer', ['from', 'to']],
    ['margin', 'the answer against the best other', []],
    ['effect', 'what the context changed of', ['from', 'to']],
    ['start', 'the score to start at', ['from']],
    ['end', 'the score to end at', ['from']],
  ],
  generation: [
    ['prediction', 'the whole text', []],
    ['step', 'one written word', ['step']],
    ['effect', 'what the context changed of the text', []],
  ],
};
const targetKinds = (p) => [...TARGET_KINDS[p.readout], ...GATE_KINDS];

// f: the fields' values, label and other by name, from, to and step by number.
const TARGET_NAMES = {
  prediction: (p, f) => (p.readout === 'span' ? `prediction:${f.from}-${f.to}` : p.answers ? `prediction:${f.label}` : 'prediction'),
  margin: (p, f) => (p.readout === 'span' ? 'margin' : `margin:${f.label}|${f.other}`),
  effect: (p, f) => (p.readout === 'span' ? `effect:${f.from}-${f.to}` : p.answers ? `effect:${f.label}` : 'effect'),
  step: (p, f) => `prediction:step:${f.step}`,
  start: (p, f) => `start:${f.from}`,
  end: (p, f) => `end:${f.from}`,
  gate: () => 'gate',
  'gate-token': (p, f) => `gate:${f.from}`,
  'gate-tokens': (p, f) => `gate:${f.from}-${f.to}`,
};
const isGate = (target) => /^gate\b/.test(target);

// A target in words. `label`: what the server calls it.
function targetWords(p, target, label) {
  const [kind, ...more] = target.split(':'), detail = more.join(':');
  if (kind === 'gate') return gateWords(p, detail);
  if (kind === 'start' || kind === 'end') return `score to ${kind} at ${quote(p.tokens[+detail] ?? detail)}`;
  const said = label || detail || (p.answers ? p.nameOf(0) : 'the text');
  if (kind === 'margin') return clip(label || detail.replace('|', ' − ') || 'the margin', 48);
  const name = p.readout === 'classification' ? clip(said, 32) : quote(said);
  return kind === 'effect' ? `context’s effect on ${name}` : name;
}

function gateWords(p, detail) {
  if (!detail) return 'mean gate';
  const [first, last] = detail.split('-').map(Number);
  if (last === undefined || last === first) return `gate of ${quote(p.tokens[first] ?? detail)}`;
  return `gates of ${quote(p.tokens[first] ?? '')} to ${quote(p.tokens[last] ?? '')}`;
}

// The exact parts of a score on the route on screen: [token by itself (T,), context token (S,)]; null where the
// target is no sum of contributions. Mirrors attribute/exact.py.
function exactParts(p, outcome, target) {
  const terms = p.answers && !isGate(target) ? exactTerms(p, target) : null;
  if (!terms) return null;
  const less = target.startsWith('effect') ? 1 : 0;
  const own = Float64Array.from({ length: p.T }, (_, t) =>
    (outcome.kappa[t] - less) * terms.reduce((sum, [weight, direct]) => sum + weight * direct(t), 0));
  const got = Float64Array.from({ length: p.S }, (_, s) => {
    let sum = 0;
    for (let t = 0; t < p.T; t++)
      if (outcome.rho[t]) for (const [weight, , read] of terms) sum += outcome.rho[t] * weight * read(t, s);
    return sum;
  });
  if (p.contextKind === 'backward') return { scores: [...own].map((v, t) => v + got[t]), contextScores: [] };
  return { scores: [...own], contextScores: [...got] };
}

// [[weight, direct(t), read(t, s)]] of a target's sum.
function exactTerms(p, target) {
  const [kind, ...more] = target.split(':'), detail = more.join(':');
  const answer = (c, weight = 1) => [weight, (t) => p.own(t, c), (t, s) => p.term(t, s, c)];
  if (p.readout === 'span') return spanTerms(p, kind, detail, answer);
  const names = kind === 'margin' ? detail.split('|') : [detail], classes = names.map((name) => p.labels.indexOf(name));
  if (classes.some((c) => c < 0)) return null;
  return classes.map((c, i) => answer(c, i ? -1 : 1));
}

function spanTerms(p, kind, detail, answer) {
  const places = detail.split('-').map(Number);
  if (detail === '' || places.some((t) => !(t >= 0 && t < p.T))) return null;
  if (kind === 'start' || kind === 'end') {
    const end = kind === 'end' ? 1 : 0, at = (t, value) => (t === places[0] ? value : 0);
    return [[1, (t) => at(t, p.direct[t * 2 + end]), (t, s) => at(t, p.context[(t * p.S + s) * 2 + end])]];
  }
  return places.length === 2 ? [answer(places[0] * p.T + places[1])] : null;
}
