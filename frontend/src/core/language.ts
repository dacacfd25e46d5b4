/**
 * The answer of a language model under any decision: p_t = (1 − ρ_t) p_direct + ρ_t p_merged, token by token. Mirrors
 * dualroute/trace/ledger.py and dualroute/families/context_lm; golden data holds them equal.
 */
import type { LanguagePayload } from '../contracts';
import { sumOf, unpack } from './arrays';
import { flowWeights } from './policies';
import type { View } from './replay';

/** A word of the answer with its tokens [from, to). */
export interface Word {
  text: string;
  from: number;
  to: number;
  /** A token that is no text, such as the end of it. */
  special: boolean;
}

/** One word of the vocabulary at one place, with its probability on both flows. */
export interface Candidate {
  word: string;
  id: number;
  direct: number;
  merged: number;
}

/** The greedy choice from ρ on, up to the next one. */
export interface Choice extends Candidate {
  from: number;
  to: number;
}

export interface LanguageTrace {
  payload: LanguagePayload;
  T: number;
  R: number;
  gates: Float32Array;
  /** (T,) how much each token wants to read. */
  reading: Float64Array;
  /** (T,) probability of the given tokens on both flows. */
  direct: Float64Array;
  merged: Float64Array;
  /** The words that each place may choose, in the order of their numbers. */
  candidates: Candidate[][];
  words: Word[];
}

export interface LanguageOutcome {
  /** (T,) weight of the merged flow. */
  rho: Float64Array;
  /** (T,) probability of each given token. */
  probs: Float64Array;
  perplexity: number;
}

const FLOWS = 2;

export function decodeLanguage(payload: LanguagePayload): LanguageTrace {
  const gates = unpack(payload.gates);
  const probs = unpack(payload.probs);
  const chances = unpack(payload.chances);
  const T = payload.tokens.length;
  const every = (from: ArrayLike<number>, place: number) => Float64Array.from({ length: T }, (_, t) => from[2 * t + place]); // prettier-ignore
  let start = 0;
  const candidates = payload.counts.map((count) => {
    const found = Array.from({ length: count }, (_, i) => ({
      word: payload.words[start + i],
      id: payload.ids[start + i],
      direct: chances[2 * (start + i)],
      merged: chances[2 * (start + i) + 1],
    }));
    start += count;
    return found;
  });
  return {
    payload,
    T,
    R: FLOWS,
    gates,
    reading: Float64Array.from({ length: T }, (_, t) => gates[2 * t + 1]),
    direct: every(probs, 0),
    merged: every(probs, 1),
    candidates,
    words: wordsOf(payload),
  };
}

const SPACE = '▁'; // a token of spaces alone, which some tokenizers put before a number

/** The words of the answer: tokens that continue one begin with ##; spaces belong to the word that they stand before. */
function wordsOf({ tokens, offsets, answer }: LanguagePayload): Word[] {
  const continues = (t: number) => t > 0 && (tokens[t].startsWith('##') || tokens[t - 1] === SPACE);
  const starts = tokens.flatMap((_, t) => (continues(t) ? [] : [t]));
  return starts.map((from, i) => {
    const to = starts[i + 1] ?? tokens.length;
    const text = answer.slice(offsets[from][0], offsets[to - 1][1]).trim();
    return { text: text || tokens[from], from, to, special: !text };
  });
}

export function replayLanguage(trace: LanguageTrace, view: View): LanguageOutcome {
  const weights = flowWeights(trace, view.policy, view.theta, view.overrides);
  const rho = Float64Array.from({ length: trace.T }, (_, t) => weights[2 * t + 1]);
  const probs = rho.map((_, t) => weights[2 * t] * trace.direct[t] + weights[2 * t + 1] * trace.merged[t]);
  return { rho, probs, perplexity: perplexityOf(probs) };
}

/** One over the geometric mean of the probabilities. */
export const perplexityOf = (probs: Float64Array): number => Math.exp(-sumOf(probs.map(Math.log)) / probs.length);

const mixed = ({ direct, merged }: Candidate, rho: number): number => (1 - rho) * direct + rho * merged;

/** The likeliest word at a place; of equals the one with the smaller number. */
export function chosen(trace: LanguageTrace, t: number, rho: number): Candidate {
  const found = trace.candidates[t];
  let best = found[0];
  for (const one of found) if (mixed(one, rho) > mixed(best, rho)) best = one;
  return best;
}

/** The greedy choice at every ρ: the upper envelope of the lines (1 − ρ) p_direct + ρ p_merged. */
export function choices(trace: LanguageTrace, t: number): Choice[] {
  const found: Choice[] = [];
  let from = 0;
  let best = steepest(trace.candidates[t], 0);
  for (;;) {
    const slope = best.merged - best.direct;
    let to = 1;
    let next: Candidate | null = null;
    for (const one of trace.candidates[t]) {
      const gain = one.merged - one.direct - slope;
      if (gain <= 0) continue;
      const crossing = (best.direct - one.direct) / gain;
      if (crossing < to || (crossing === to && next && one.merged > next.merged)) {
        to = crossing;
        next = one;
      }
    }
    found.push({ ...best, from, to: next ? to : 1 });
    if (!next || to >= 1) return found.filter((one) => one.to > one.from);
    from = to;
    best = next;
  }
}

/** The likeliest at ρ; of equals the one that rises the most. */
function steepest(found: Candidate[], rho: number): Candidate {
  let best = found[0];
  for (const one of found) {
    const more = mixed(one, rho) - mixed(best, rho);
    if (more > 0 || (more === 0 && one.merged > best.merged)) best = one;
  }
  return best;
}

/** The first place whose greedy choice is another word than the given one; −1 for none. */
export function firstChange(trace: LanguageTrace, rho: ArrayLike<number>): number {
  for (let t = 0; t < trace.T; t++) if (chosen(trace, t, rho[t]).id !== trace.payload.given[t]) return t;
  return -1;
}

export interface Stretch {
  from: number;
  to: number;
  /** How many words of the answer read; the end of the text is no word. */
  reads: number;
  /** The first place whose greedy choice changes; −1 for none. */
  change: number;
}

/** What follows at every θ, as long as the same tokens read. */
export function stretches(trace: LanguageTrace, view: View): Stretch[] {
  const ends = [...new Set(trace.reading)].filter((gate) => gate > 0 && gate < 1).sort((a, b) => a - b);
  const found: Stretch[] = [];
  let from = 0;
  for (const to of [...ends, 1]) {
    const { rho } = replayLanguage(trace, { ...view, theta: from });
    found.push({ from, to, reads: wordsThatRead(trace, rho).length, change: firstChange(trace, rho) });
    from = to;
  }
  return found;
}

/** Stretches of the same kind as one. */
export function joined(all: Stretch[], same: (a: Stretch, b: Stretch) => boolean): Stretch[] {
  const found: Stretch[] = [];
  for (const one of all) {
    const last = found.at(-1);
    if (last && same(last, one)) last.to = one.to;
    else found.push({ ...one });
  }
  return found;
}

export const wordReads = (rho: ArrayLike<number>, { from, to }: Word): boolean => {
  for (let t = from; t < to; t++) if (rho[t] > 0) return true;
  return false;
};

/** Whether it is counted: punctuation and the end of the text are no words. */
export const isWord = ({ text, special }: Word): boolean => !special && !/^\p{P}+$/u.test(text);

export const wordsThatRead = (trace: LanguageTrace, rho: ArrayLike<number>): Word[] =>
  trace.words.filter((word) => isWord(word) && wordReads(rho, word));

export const wordCount = ({ words }: LanguageTrace): number => words.filter(isWord).length;
