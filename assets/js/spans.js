// Answers that stand in the text: span (i, j), both ends included, has the number i * T + j and the score
// start_i + end_j. Allowed are i <= j < i + maxAnswer. Mirrors dualroute/trace/spans.py; a test holds them equal.
const startOf = (p, c) => Math.floor(c / p.T);
const endOf = (p, c) => c % p.T;
const spanScore = (p, scores, c) => scores[startOf(p, c) * 2] + scores[endOf(p, c) * 2 + 1];
const spanCount = ({ T, maxAnswer }) => {
  const most = Math.min(T, maxAnswer);
  return most * T - (most * (most - 1)) / 2;
};

// What `part` gives of a token's start and end, for those of them that are the span's own.
function ends(p, c, t, part) {
  return (startOf(p, c) === t ? part(0) : 0) + (endOf(p, c) === t ? part(1) : 0);
}

function endScores(p, kappa, rho) {
  const scores = new Float64Array(p.T * 2);
  for (let t = 0; t < p.T; t++)
    for (let end = 0; end < 2; end++)
      scores[t * 2 + end] = p.bias[end] + kappa[t] * p.direct[t * 2 + end] + rho[t] * p.read[t * 2 + end];
  return scores;
}

function eachSpan(p, scores, visit) {
  for (let i = 0; i < p.T; i++) {
    const start = scores[i * 2], last = Math.min(p.T, i + p.maxAnswer);
    for (let j = i; j < last; j++) visit(start + scores[j * 2 + 1], i * p.T + j);
  }
}

function bestSpan(p, scores) {
  let best = 0, top = -Infinity;
  eachSpan(p, scores, (score, c) => { if (score > top) { top = score; best = c; } });
  return best;
}

// total: log Σ exp of all allowed spans, so that a span's probability is exp(score - total).
function decideSpan(p, logits) {
  const best = bestSpan(p, logits), top = spanScore(p, logits, best);
  let sum = 0, second = -Infinity;
  eachSpan(p, logits, (score, c) => {
    sum += Math.exp(score - top);
    if (c !== best && score > second) second = score;
  });
  return { logits, best, total: top + Math.log(sum), tie: top - second <= 1e-5 * Math.max(1, Math.abs(top)) };
}

function topSpans(p, scores, count) {
  const top = [];
  eachSpan(p, scores, (score, c) => {
    if (top.length === count && score <= top[count - 1].score) return;
    const at = top.findIndex((other) => other.score < score);
    top.splice(at < 0 ? top.length : at, 0, { score, c });
    top.length = Math.min(top.length, count);
  });
  return top.map(({ c }) => c);
}

// The answers that are needed and the runners-up, likeliest first.
function likelySpans(p, outcomes, needed) {
  const chosen = new Set(needed);
  for (const c of topSpans(p, outcomes[0].logits, MOST_ANSWERS)) if (chosen.size < MOST_ANSWERS) chosen.add(c);
  return [...chosen].sort((a, b) => spanScore(p, outcomes[0].logits, b) - spanScore(p, outcomes[0].logits, a));
}

function spanText(p, c) {
  const i = startOf(p, c), j = endOf(p, c);
  if (p.offsets.length) return p.x.slice(p.offsets[i][0], p.offsets[j][1]);
  return p.tokens.slice(i, j + 1).join(' ').replace(/ ##/g, '');
}
