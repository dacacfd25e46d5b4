/**
 * What the contributions add up to, one entry for each kind of answer. An answer is a number c: a class, or a span of
 * tokens (core/spans.ts).
 */
import { argmax, isTie, softmax } from './arrays';
import {
  decideSpan,
  endScores,
  endsOf,
  likelySpans,
  bestSpan,
  spanCount,
  spanEnds,
  spanScore,
  spanText,
} from './spans';
import type { Sums } from './trace';

/** What the scores decide. probs: of classes; total: of spans, log Σ exp of all scores. */
export interface Decided {
  logits: ArrayLike<number>;
  best: number;
  tie: boolean;
  probs?: number[];
  total?: number;
}

export interface Readout {
  /** Whether there are answers that contributions add up to. */
  answers: boolean;
  /** How many answers there are. */
  count: number;
  /** Scores under the weights (T,) of own parts and of what was read. */
  score(kappa: Float64Array, rho: Float64Array): ArrayLike<number>;
  decide(scores: ArrayLike<number>): Decided;
  best(scores: ArrayLike<number>): number;
  /** The exact parts of the score of answer c: of token t by itself, of what it read, of context token s through it. */
  own(t: number, c: number): number;
  got(t: number, c: number): number;
  term(t: number, s: number, c: number): number;
  /** What context token s gave token t by itself: of a span's token to both its scores. */
  given(t: number, s: number, c: number): number;
  /** [by itself, read] of every row of the tracks, before the route weighs them. */
  parts(t: number, c: number): [number, number][];
  biasOf(c: number): number;
  scoreOf(outcome: Decided, c: number): number;
  probOf(outcome: Decided, c: number): number;
  nameOf(c: number): string;
  /** What requests call an answer. */
  targetName(c: number): string;
  /** How much a token counts in the whole. */
  weight(t: number): number;
  /** The answers worth a line in a table, those that are needed among them. */
  choose(outcomes: Decided[], needed: number[]): number[];
}

export function readoutOf(sums: Sums): Readout {
  return { classification: classes, span: spans, generation: written }[sums.readout](sums);
}

const classes = (sums: Sums): Readout => {
  const { S, C, labels, pooling, direct, bias } = sums;
  const term = (t: number, s: number, c: number) => sums.context[(t * S + s) * C + c];
  const own = (t: number, c: number) => direct[t * C + c];
  const got = (t: number, c: number) => sums.read[t * C + c];
  return {
    answers: true,
    count: C,
    score: (kappa, rho) => classLogits(sums, kappa, rho),
    decide: (logits) => ({ logits, probs: softmax(logits), best: argmax(logits), tie: isTie(logits) }),
    best: argmax,
    own,
    got,
    term,
    given: term,
    parts: (t, c) => [[own(t, c), got(t, c)]],
    biasOf: (c) => bias[c],
    scoreOf: (outcome, c) => outcome.logits[c],
    probOf: (outcome, c) => outcome.probs![c],
    nameOf: (c) => labels[c],
    targetName: (c) => labels[c],
    weight: (t) => pooling[t],
    choose: (outcomes, needed) => likelyClasses(C, outcomes, needed),
  };
};

const spans = (sums: Sums): Readout => {
  const { S, T, direct, bias } = sums;
  const context = (t: number, s: number, end: number) => sums.context[(t * S + s) * 2 + end];
  return {
    answers: true,
    count: spanCount(sums),
    score: (kappa, rho) => endScores(sums, kappa, rho),
    decide: (scores) => decideSpan(sums, scores),
    best: (scores) => bestSpan(sums, scores),
    own: (t, c) => spanEnds(sums, c, t, (end) => direct[t * 2 + end]),
    got: (t, c) => spanEnds(sums, c, t, (end) => sums.read[t * 2 + end]),
    term: (t, s, c) => spanEnds(sums, c, t, (end) => context(t, s, end)),
    given: (t, s) => context(t, s, 0) + context(t, s, 1),
    parts: (t) => [
      [direct[t * 2], sums.read[t * 2]],
      [direct[t * 2 + 1], sums.read[t * 2 + 1]],
    ],
    biasOf: () => bias[0] + bias[1],
    scoreOf: (outcome, c) => spanScore(sums, outcome.logits, c),
    probOf: (outcome, c) => Math.exp(spanScore(sums, outcome.logits, c) - outcome.total!),
    nameOf: (c) => spanText(sums, c),
    targetName: (c) => endsOf(sums, c).join('-'),
    weight: () => 1 / T,
    choose: (outcomes, needed) => likelySpans(sums, outcomes[0].logits, needed, MOST_ANSWERS),
  };
};

/** A written text is no sum: there is nothing to add up, only what its pieces looked at. */
const written = (sums: Sums): Readout => ({
  answers: false,
  count: 0,
  score: () => [],
  decide: () => ({ logits: [], best: 0, tie: false }),
  best: () => 0,
  own: () => 0,
  got: () => 0,
  term: () => 0,
  given: () => 0,
  parts: () => [],
  biasOf: () => 0,
  scoreOf: () => NaN,
  probOf: () => NaN,
  nameOf: () => 'the text',
  targetName: () => (sums.piece >= 0 ? `step:${sums.piece}` : ''),
  weight: (t) => lookedAt(sums, sums.piece, t),
  choose: () => [],
});

function classLogits({ T, C, bias, direct, read }: Sums, kappa: Float64Array, rho: Float64Array): Float64Array {
  const logits = Float64Array.from(bias);
  for (let t = 0; t < T; t++)
    for (let c = 0; c < C; c++) logits[c] += kappa[t] * direct[t * C + c] + rho[t] * read[t * C + c];
  return logits;
}

const MOST_ANSWERS = 6;

/** All labels where they are few; else the likeliest ones, in the model's order, and always those that are needed. */
function likelyClasses(classCount: number, outcomes: Decided[], needed: number[]): number[] {
  const all = [...Array(classCount).keys()];
  if (classCount <= MOST_ANSWERS) return all;
  const likelihood = (c: number) => Math.max(...outcomes.map((outcome) => outcome.probs![c]));
  const chosen = new Set(needed);
  for (const c of all.sort((a, b) => likelihood(b) - likelihood(a))) if (chosen.size < MOST_ANSWERS - 1) chosen.add(c);
  return [...chosen].sort((a, b) => a - b);
}

/** How much of its looking a written piece gave to token t; for piece -1, all pieces on average. */
export function lookedAt({ written, T }: Pick<Sums, 'written' | 'T'>, piece: number, t: number): number {
  if (!written) return 0;
  const { N, attention } = written;
  if (piece >= 0) return attention[piece * T + t];
  let sum = 0;
  for (let n = 0; n < N; n++) sum += attention[n * T + t];
  return N ? sum / N : 0;
}
