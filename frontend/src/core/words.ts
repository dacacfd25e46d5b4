/** What one word's route is worth. Mirrors dualroute/compare/word_flips.py; golden data holds them equal. */
import { type Outcome, type View, replay } from './replay';
import type { Trace } from './trace';

/** A word of x with its tokens [from, to). */
export interface Word {
  text: string;
  from: number;
  to: number;
}

/** A word sent the other way, everything else as it was. */
export interface WordFlip {
  /** Whether any of its pieces reads, wholly or in part. */
  reads: boolean;
  /** Probability of the answer before the flip, after the flip minus before it. */
  effect: number;
  outcome: Outcome;
}

/** The words of x, or with `pieces` its tokens. */
export function wordsOf(trace: Trace, pieces = false): Word[] {
  const starts = trace.tokens.flatMap((token, t) => (pieces || !t || !token.startsWith('##') ? [t] : []));
  return starts.map((from, i) => {
    const to = starts[i + 1] ?? trace.T;
    const rest = from && trace.tokens[from].startsWith('##') ? '·' : '';
    return { text: rest + wordText(trace, from, to), from, to };
  });
}

function wordText({ x, tokens, offsets }: Trace, from: number, to: number): string {
  const joined = tokens.slice(from, to).map((token) => token.replace(/^##/, ''));
  return (offsets.length && x.slice(offsets[from][0], offsets[to - 1][1])) || joined.join('');
}

export function wordReads({ rho }: Pick<Outcome, 'rho'>, { from, to }: Word): boolean {
  for (let t = from; t < to; t++) if (rho[t] > 0) return true;
  return false;
}

/** The overrides that send a word the other way: one that reads goes direct, another one uses all that can be read. */
export function flippedOverrides(trace: Trace, view: View, reads: boolean, { from, to }: Word): Map<number, number> {
  const overrides = new Map(view.overrides);
  for (let t = from; t < to; t++) overrides.set(t, reads ? 0 : trace.R - 1);
  return overrides;
}

/** before: the outcome of the view. For a span the effect is on the probability of the span that was the answer. */
export function wordFlips(trace: Trace, view: View, before: Outcome, words: Word[]): WordFlip[] {
  const probability = trace.probOf(before, before.best);
  return words.map((word) => {
    const reads = wordReads(before, word);
    const outcome = replay(trace, { ...view, overrides: flippedOverrides(trace, view, reads, word) });
    return { reads, outcome, effect: trace.probOf(outcome, before.best) - probability };
  });
}

/** How much a word reads: that of its piece which reads most. */
export function wordRho({ rho }: Pick<Outcome, 'rho'>, { from, to }: Word): number {
  let most = 0;
  for (let t = from; t < to; t++) most = Math.max(most, rho[t]);
  return most;
}

/** (S,): where a word looks, the mean of its pieces. */
export function wordAttention({ attention, S }: Trace, { from, to }: Word): Float64Array {
  const looks = new Float64Array(S);
  for (let t = from; t < to; t++) for (let s = 0; s < S; s++) looks[s] += attention[t * S + s] / (to - from);
  return looks;
}
