/** What the context gave, and the scales that bars are drawn on. */
import { largestSize } from './arrays';
import type { Trace } from './trace';

export interface Reading {
  /** (S,): how much of a context token was read. */
  read: Float64Array;
  /** (S,): what it added to the score. */
  gain: Float64Array;
}

/**
 * Per context token the reading weight Σ_t ρ_t a_t α_ts (a_t: how much the token counts in the answer) and the
 * contribution Σ_t ρ_t K_ts. With a token selected, what that token reads (its α, whether or not it is used) and what
 * it got; token -1 selects none.
 */
export function contextReading(trace: Trace, rho: Float64Array, label: number, token: number): Reading {
  const { T, S, attention } = trace;
  const read = new Float64Array(S);
  const gain = new Float64Array(S);
  const from = token < 0 ? 0 : token;
  const to = token < 0 ? T : token + 1;
  for (let t = from; t < to; t++)
    for (let s = 0; s < S; s++) {
      read[s] += token < 0 ? rho[t] * trace.weight(t) * attention[t * S + s] : attention[t * S + s];
      if (trace.answers) gain[s] += rho[t] * (token < 0 ? trace.term(t, s, label) : trace.given(t, s, label));
    }
  return { read, gain };
}

/** Scales that stay while θ moves: the most that could be read, the most that could be added. */
export function contextScale(trace: Trace, label: number): { read: number; gain: number } {
  const key = `${label} ${trace.piece}`;
  const known = trace.cache.contextScales.get(key);
  if (known) return known;
  const scale = measureContext(trace, label);
  trace.cache.contextScales.set(key, scale);
  return scale;
}

function measureContext(trace: Trace, label: number): { read: number; gain: number } {
  const { T, S } = trace;
  const all = contextReading(trace, new Float64Array(T).fill(1), label, -1);
  let largest = 1e-12;
  for (let s = 0; s < S && trace.answers; s++) {
    let up = 0;
    let down = 0;
    for (let t = 0; t < T; t++) {
      const value = trace.term(t, s, label);
      if (value > 0) up += value;
      else down -= value;
    }
    largest = Math.max(largest, up, down);
  }
  return { read: largestSize(all.read), gain: largest };
}

const LEAST_GATE = 0.02; // effects on a gate, which lies between 0 and 1, that are too small to be shown at full height

/** The score that fills a bar of an attribution. Where the gates hardly moved, bars of them stay small. */
export const scoreScale = (scores: ArrayLike<number>, gate: boolean): number =>
  Math.max(largestSize(scores), gate ? LEAST_GATE : 0);

/** The largest contribution of a token, by itself or read. */
export function tokenScale({ direct, read }: Trace): number {
  let top = 1e-12;
  for (let i = 0; i < direct.length; i++) top = Math.max(top, Math.abs(direct[i]), Math.abs(read[i]));
  return top;
}

/** Exact contribution of a token under a route: one number for a class, two (start, end) for a span. */
export const contributionsOf = (
  trace: Trace,
  { kappa, rho }: { kappa: Float64Array; rho: Float64Array },
  answer: number,
  t: number,
): number[] => trace.parts(t, answer).map(([own, got]) => kappa[t] * own + rho[t] * got);

/** [text, share] of the context tokens that token t looks at most. */
export function topReads(trace: Trace, t: number, most = 3): [string, number][] {
  const row = Array.from(trace.attention.slice(t * trace.S, (t + 1) * trace.S), (share, s) => ({ share, s }));
  return row
    .sort((a, b) => b.share - a.share)
    .slice(0, most)
    .filter(({ share }) => share > 0)
    .map(({ share, s }) => [trace.contextTokens[s], share]);
}
