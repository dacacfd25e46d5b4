/**
 * Answers that stand in the text: span (i, j), both ends included, has the number i·T + j and the score start_i + end_j.
 * Allowed are i <= j < i + maxAnswer. Mirrors dualroute/trace/spans.py; golden data holds them equal.
 */
import type { Decided } from './readouts';
import type { Sums } from './trace';

type Tokens = Pick<Sums, 'T' | 'maxAnswer'>;

export const startOf = ({ T }: { T: number }, c: number): number => Math.floor(c / T);
export const endOf = ({ T }: { T: number }, c: number): number => c % T;
export const endsOf = (tokens: { T: number }, c: number): [number, number] => [startOf(tokens, c), endOf(tokens, c)];

/** scores: (T,2), of every token to be the first and the last one. */
export const spanScore = (tokens: { T: number }, scores: ArrayLike<number>, c: number): number =>
  scores[startOf(tokens, c) * 2] + scores[endOf(tokens, c) * 2 + 1];

export function spanCount({ T, maxAnswer }: Tokens): number {
  const most = Math.min(T, maxAnswer);
  return most * T - (most * (most - 1)) / 2;
}

/** What `part` gives of a token's start (0) and end (1), for those of them that are the span's own. */
export function spanEnds(tokens: { T: number }, c: number, t: number, part: (end: number) => number): number {
  return (startOf(tokens, c) === t ? part(0) : 0) + (endOf(tokens, c) === t ? part(1) : 0);
}

export function endScores({ T, bias, direct, read }: Sums, kappa: Float64Array, rho: Float64Array): Float64Array {
  const scores = new Float64Array(T * 2);
  for (let t = 0; t < T; t++)
    for (let end = 0; end < 2; end++)
      scores[t * 2 + end] = bias[end] + kappa[t] * direct[t * 2 + end] + rho[t] * read[t * 2 + end];
  return scores;
}

export function eachSpan(
  { T, maxAnswer }: Tokens,
  scores: ArrayLike<number>,
  visit: (score: number, c: number) => void,
): void {
  for (let i = 0; i < T; i++) {
    const start = scores[i * 2];
    const last = Math.min(T, i + maxAnswer);
    for (let j = i; j < last; j++) visit(start + scores[j * 2 + 1], i * T + j);
  }
}

export function bestSpan(tokens: Tokens, scores: ArrayLike<number>): number {
  let best = 0;
  let top = -Infinity;
  eachSpan(tokens, scores, (score, c) => {
    if (score <= top) return;
    top = score;
    best = c;
  });
  return best;
}

/** total: log Σ exp of all allowed spans, so that a span's probability is exp(score − total). */
export function decideSpan(tokens: Tokens, logits: ArrayLike<number>): Decided {
  const best = bestSpan(tokens, logits);
  const top = spanScore(tokens, logits, best);
  let sum = 0;
  let second = -Infinity;
  eachSpan(tokens, logits, (score, c) => {
    sum += Math.exp(score - top);
    if (c !== best && score > second) second = score;
  });
  return { logits, best, total: top + Math.log(sum), tie: top - second <= 1e-5 * Math.max(1, Math.abs(top)) };
}

/** The `count` spans of the highest scores, best first. */
export function topSpans(tokens: Tokens, scores: ArrayLike<number>, count: number): number[] {
  const top: { score: number; c: number }[] = [];
  eachSpan(tokens, scores, (score, c) => {
    if (top.length === count && score <= top[count - 1].score) return;
    const at = top.findIndex((other) => other.score < score);
    top.splice(at < 0 ? top.length : at, 0, { score, c });
    top.length = Math.min(top.length, count);
  });
  return top.map(({ c }) => c);
}

/** The answers that are needed and the runners-up, likeliest first, at most `most` of both. */
export function likelySpans(tokens: Tokens, scores: ArrayLike<number>, needed: number[], most: number): number[] {
  const chosen = new Set(needed);
  for (const c of topSpans(tokens, scores, most)) if (chosen.size < most) chosen.add(c);
  return [...chosen].sort((a, b) => spanScore(tokens, scores, b) - spanScore(tokens, scores, a));
}

export function spanText({ T, x, tokens, offsets }: Sums, c: number): string {
  const [first, last] = endsOf({ T }, c);
  if (offsets.length) return x.slice(offsets[first][0], offsets[last][1]);
  return joinTokens(tokens.slice(first, last + 1));
}

/** Tokens as a text, parts of words put together. */
export const joinTokens = (tokens: string[]): string => tokens.join(' ').replace(/ ##/g, '');
