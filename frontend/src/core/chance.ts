/**
 * What as many random flips do, beside an effect. Mirrors dualroute/compare/interventions.py, but where there are few
 * sets of flips all of them are taken instead of random ones.
 *
 * An effect is a change of the probability of the answer there was before.
 */
import { quantile, sumOf } from './arrays';
import { count, grouped, percent, points } from './format';
import { type Outcome, type View, replay } from './replay';
import type { Trace } from './trace';

export const DRAWS = 1000;

export interface Chance {
  effect: number;
  draws: number[];
  mean: number;
  /** 95% of the draws lie between low and high. */
  low: number;
  high: number;
  /** Of the draws, those that move the answer at least as far in the same direction. */
  share: number;
  /** How many tokens a draw changes, of how many. */
  size: number;
  choices: number;
  /** Whether the draws are all the sets there are. */
  complete: boolean;
}

type Random = () => number;

/** flips on top of `view`. null where none of them changes a token's route. */
export function randomFlips(
  trace: Trace,
  view: View,
  flips: [number, number][],
  draws = DRAWS,
  seed = 1,
): Chance | null {
  const before = replay(trace, view);
  const pools = new Map<number, number[]>(); // by flow: tokens that go another way
  const sizes = new Map<number, number>();
  for (const [t, flow] of flips) {
    if (!pools.has(flow)) pools.set(flow, elsewhere(trace, before, flow));
    if (pools.get(flow)!.includes(t)) sizes.set(flow, (sizes.get(flow) ?? 0) + 1);
  }
  const size = sumOf(sizes.values());
  if (!size) return null;
  const effect = effectOn(trace, before);
  const after = (set: Iterable<[number, number]>) =>
    replay(trace, { ...view, overrides: new Map([...view.overrides, ...set]) });
  const random = randomFrom(seed);
  const [flow] = sizes.keys();
  const all = sizes.size === 1 ? allSets(pools.get(flow)!, size, draws) : null;
  const sets: Iterable<[number, number]>[] =
    all?.map((tokens) => tokens.map((t): [number, number] => [t, flow])) ??
    Array.from({ length: draws }, () => drawFlips(sizes, pools, random));
  const effects = sets.map((set) => effect(after(set)));
  const choices = new Set([...sizes.keys()].flatMap((to) => pools.get(to)!)).size;
  return { ...summary(effect(after(flips)), effects), size, choices, complete: !!all };
}

/** unread: context tokens on top of `view`. null where all of them are unread already. */
export function randomUnread(
  trace: Trace,
  view: View,
  unread: Iterable<number>,
  draws = DRAWS,
  seed = 1,
): Chance | null {
  const ignored = view.ignored ?? new Set<number>();
  const pool = [...Array(trace.S).keys()].filter((s) => !ignored.has(s));
  const size = [...new Set(unread)].filter((s) => !ignored.has(s)).length;
  if (!size) return null;
  const effect = effectOn(trace, replay(trace, view));
  const random = randomFrom(seed);
  const after = (tokens: Iterable<number>) => replay(trace, { ...view, ignored: new Set([...ignored, ...tokens]) });
  const all = allSets(pool, size, draws);
  const sets = all ?? Array.from({ length: draws }, () => drawn(pool, size, random));
  const effects = sets.map((set) => effect(after(set)));
  return { ...summary(effect(after(unread)), effects), size, choices: pool.length, complete: !!all };
}

function effectOn(trace: Trace, before: Outcome): (outcome: Outcome) => number {
  const probability = trace.probOf(before, before.best);
  return (outcome) => trace.probOf(outcome, before.best) - probability;
}

const elsewhere = (trace: Trace, before: Outcome, flow: number): number[] =>
  [...trace.tokens.keys()].filter((t) => before.weights[t * trace.R + flow] !== 1);

function drawFlips(sizes: Map<number, number>, pools: Map<number, number[]>, random: Random): Map<number, number> {
  const flipped = new Map<number, number>();
  for (const flow of [...sizes.keys()].sort((a, b) => a - b)) {
    const free = pools.get(flow)!.filter((token) => !flipped.has(token));
    for (const t of drawn(free, sizes.get(flow)!, random)) flipped.set(t, flow);
  }
  return flipped;
}

/** `size` of the pool, none twice: the first places of a shuffle. */
function drawn(pool: number[], size: number, random: Random): number[] {
  const left = [...pool];
  const most = Math.min(size, left.length);
  for (let i = 0; i < most; i++) {
    const j = i + Math.floor(random() * (left.length - i));
    [left[i], left[j]] = [left[j], left[i]];
  }
  return left.slice(0, most);
}

/** Every set of `size` of the pool; null where there are more than `most`. */
export function allSets(pool: number[], size: number, most: number): number[][] | null {
  let count = 1;
  for (let i = 1; i <= size; i++) {
    count = (count * (pool.length - size + i)) / i;
    if (count > most) return null;
  }
  let sets: number[][] = [[]];
  pool.forEach((token, place) => {
    const left = pool.length - place - 1;
    const longer = sets.filter((set) => set.length < size).map((set) => [...set, token]);
    sets = [...sets, ...longer].filter((set) => set.length + left >= size);
  });
  return sets;
}

/** mulberry32: the same draws each time, so that what is on screen can be shown again. */
function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function summary(effect: number, draws: number[]): Omit<Chance, 'size' | 'choices' | 'complete'> {
  const sorted = Float64Array.from(draws).sort();
  const share = draws.filter((value) => Math.sign(effect) * value >= Math.abs(effect) - 1e-12).length / draws.length;
  const mean = sumOf(draws) / draws.length;
  return { effect, draws, mean, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975), share };
}

export function chanceWords(
  { effect, mean, low, high, share, size, choices, draws, complete }: Chance,
  answer: string,
): string {
  const what = `It moves the probability of ${answer} by ${points(effect)}.`;
  if (size === choices)
    return `${what} There is no other set of ${count(size, 'token')} to draw, so nothing to compare it with.`;
  if (complete) {
    const far = Math.round(share * draws.length);
    return (
      `${what} All ${grouped(draws.length)} sets of ${size} of these ${choices}, this one among them: ${points(mean)} on ` +
      `average, 95% of them between ${points(low)} and ${points(high)}; ${grouped(far)} ${far === 1 ? 'moves' : 'move'} it ` +
      'at least as far.'
    );
  }
  return (
    `${what} As many at random (${size} of ${choices}, ${grouped(draws.length)} draws): ${points(mean)} on average, ` +
    `95% of the draws between ${points(low)} and ${points(high)}; ${shareWords(share, draws.length)}.`
  );
}

const shareWords = (share: number, draws: number): string =>
  share ? `${percent(share)} of them move it at least as far` : `none of the ${grouped(draws)} moves it as far`;
