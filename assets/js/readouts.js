// What the contributions add up to, one entry per readout. An answer is a number `c`: a class, or a span of tokens.
//   score(κ, ρ) -> logits;  decide(logits) -> {logits, best, tie, ...};  best(logits) -> c
//   own, got, term: the exact parts of the score of answer c that a token, and a context token through it, gave
//   given(t, s, c): what context token s gave token t by itself: of a span's token to both its scores
//   parts(t, c): [by itself, read] of every row of the tracks, before the route weighs them
//   answers: whether there are answers to add up to;  weight(t): how much a token counts in the whole
const READOUTS = {
  classification: (p) => ({
    answers: true,
    score: (kappa, rho) => classLogits(p, kappa, rho),
    decide: (logits) => ({ logits, probs: softmax(logits), best: argmax(logits), tie: isTie(logits) }),
    best: argmax,
    own: (t, c) => p.direct[t * p.C + c],
    got: (t, c) => p.read[t * p.C + c],
    term: (t, s, c) => p.context[(t * p.S + s) * p.C + c],
    given: (t, s, c) => p.context[(t * p.S + s) * p.C + c],
    parts: (t, c) => [[p.direct[t * p.C + c], p.read[t * p.C + c]]],
    biasOf: (c) => p.bias[c],
    scoreOf: (outcome, c) => outcome.logits[c],
    probOf: (outcome, c) => outcome.probs[c],
    nameOf: (c) => p.labels[c],
    asked: (c) => p.labels[c],
    weight: (t) => p.pooling[t],
    choose: (outcomes, needed) => likelyClasses(p, outcomes, needed),
    count: p.C,
  }),
  span: (p) => ({
    answers: true,
    score: (kappa, rho) => endScores(p, kappa, rho),
    decide: (logits) => decideSpan(p, logits),
    best: (logits) => bestSpan(p, logits),
    own: (t, c) => ends(p, c, t, (end) => p.direct[t * 2 + end]),
    got: (t, c) => ends(p, c, t, (end) => p.read[t * 2 + end]),
    term: (t, s, c) => ends(p, c, t, (end) => p.context[(t * p.S + s) * 2 + end]),
    given: (t, s) => p.context[(t * p.S + s) * 2] + p.context[(t * p.S + s) * 2 + 1],
    parts: (t) => [0, 1].map((end) => [p.direct[t * 2 + end], p.read[t * 2 + end]]),
    biasOf: () => p.bias[0] + p.bias[1],
    scoreOf: (outcome, c) => spanScore(p, outcome.logits, c),
    probOf: (outcome, c) => Math.exp(spanScore(p, outcome.logits, c) - outcome.total),
    nameOf: (c) => spanText(p, c),
    asked: (c) => `${startOf(p, c)}-${endOf(p, c)}`,
    weight: () => 1 / p.T,
    choose: (outcomes, needed) => likelySpans(p, outcomes, needed),
    count: spanCount(p),
  }),
  generation: (p) => ({
    answers: false,
    score: () => [],
    decide: () => ({ logits: [], best: 0, tie: false }),
    best: () => 0,
    own: () => 0,
    got: () => 0,
    term: () => 0,
    parts: () => [],
    nameOf: () => 'the text',
    asked: () => (p.piece >= 0 ? `step:${p.piece}` : ''),
    weight: (t) => lookedAt(p, p.piece ?? -1, t),
    count: 0,
  }),
};

function classLogits(p, kappa, rho) {
  const logits = Float64Array.from(p.bias);
  for (let t = 0; t < p.T; t++)
    for (let c = 0; c < p.C; c++) logits[c] += kappa[t] * p.direct[t * p.C + c] + rho[t] * p.read[t * p.C + c];
  return logits;
}

// All labels where they are few; else the likeliest ones, in the model's order, and always those that are needed.
const MOST_ANSWERS = 6;
function likelyClasses(p, outcomes, needed) {
  const all = [...p.labels.keys()];
  if (p.C <= MOST_ANSWERS) return all;
  const likely = (c) => Math.max(...outcomes.map((o) => o.probs[c]));
  const chosen = new Set(needed);
  for (const c of all.sort((a, b) => likely(b) - likely(a))) if (chosen.size < MOST_ANSWERS - 1) chosen.add(c);
  return [...chosen].sort((a, b) => a - b);
}

// How much of its looking a written piece gave to token t; for piece -1, all pieces on average.
function lookedAt(p, piece, t) {
  const { N, attention } = p.written;
  if (piece >= 0) return attention[piece * p.T + t];
  let sum = 0;
  for (let n = 0; n < N; n++) sum += attention[n * p.T + t];
  return N ? sum / N : 0;
}
