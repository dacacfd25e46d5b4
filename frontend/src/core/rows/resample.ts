/**
 * 95% intervals by resampling rows, as dualroute/evaluation/bootstrap.py does it: percentiles of the resampled statistic.
 *
 * The draws are seeded: the same rows give the same interval. They are made in slices, so that the page stays alive: the
 * generators yield null between two slices and at last the intervals.
 */
import { quantile } from '../arrays';
import { byMargin, sortedArea } from './measure';
import type { Chosen, Rows } from './rows';

export type Interval = [low: number, high: number];

const RESAMPLES = 1000;
const SLICE = 50;
const SLICE_OF_AREAS = 10;

/** A small generator (xorshift, Marsaglia 2003): whole numbers below `rows`. */
function drawer(rows: number, seed = 2463534242): () => number {
  let x = seed;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % rows;
  };
}

/**
 * For each list of values (N,) the interval of its mean; the lists share their draws, so that differences are paired.
 *
 * Rows with the same values are one kind: a resample only counts how often each kind is drawn.
 */
export function* resampledMeans(lists: number[][], resamples = RESAMPLES): Generator<Interval[] | null> {
  const rows = lists[0].length;
  const draw = drawer(rows);
  const means = lists.map(() => new Float64Array(resamples));
  const { kind, values } = kindsOf(lists);
  const counts = new Uint32Array(values.length);
  for (let k = 0; k < resamples; k++) {
    counts.fill(0);
    for (let i = 0; i < rows; i++) counts[kind[draw()]]++;
    for (let l = 0; l < lists.length; l++) {
      let sum = 0;
      for (let j = 0; j < counts.length; j++) sum += counts[j] * values[j][l];
      means[l][k] = sum / rows;
    }
    if (k % SLICE === SLICE - 1) yield null;
  }
  yield means.map(percentiles);
}

/** kind: (N,) of each row; values: of each kind, one for each list. */
function kindsOf(lists: number[][]): { kind: Uint32Array; values: number[][] } {
  const known = new Map<string, number>();
  const values: number[][] = [];
  const kind = Uint32Array.from({ length: lists[0].length }, (_, i) => {
    const row = lists.map((list) => list[i]);
    const key = row.join();
    const place = known.get(key) ?? values.push(row) - 1;
    known.set(key, place);
    return place;
  });
  return { kind, values };
}

/** The same of areas under the curve in two lists of states: [area, area, their difference]. */
export function* resampledAreas(
  rows: Rows,
  lists: Int32Array[],
  chosen: Chosen = null,
  resamples = RESAMPLES / 2,
): Generator<Interval[] | null> {
  const picked = chosen ?? Int32Array.from({ length: rows.N }, (_, r) => r);
  const draw = drawer(picked.length);
  const orders = lists.map((states) => byMargin(rows, states, picked));
  const weights = new Uint16Array(rows.N);
  const areas = lists.map(() => new Float64Array(resamples));
  for (let k = 0; k < resamples; k++) {
    weights.fill(0);
    for (let left = picked.length; left > 0; left--) weights[picked[draw()]]++;
    for (let l = 0; l < lists.length; l++) areas[l][k] = sortedArea(rows, lists[l], orders[l], weights);
    if (k % SLICE_OF_AREAS === SLICE_OF_AREAS - 1) yield null;
  }
  const gains = areas[0].map((area, k) => area - areas[1][k]);
  yield [...areas, gains].map(percentiles);
}

/** Numbers by token, of any kind. */
export type Values = ArrayLike<number>;

/**
 * The same of means over tokens, where clusters of tokens are drawn: cluster (n,) is that of each token, among `count`.
 */
export function* resampledRatios(
  lists: Values[],
  cluster: ArrayLike<number>,
  count: number,
  resamples = RESAMPLES,
): Generator<Interval[] | null> {
  const draw = drawer(count);
  const sumsOf = (valueOf: (t: number) => number) => {
    const sums = new Float64Array(count);
    for (let t = 0; t < cluster.length; t++) sums[cluster[t]] += valueOf(t);
    return sums;
  };
  const summed = lists.map((list) => sumsOf((t) => list[t]));
  const sizes = sumsOf(() => 1);
  const means = summed.map(() => new Float64Array(resamples));
  const totals = new Float64Array(summed.length);
  for (let k = 0; k < resamples; k++) {
    totals.fill(0);
    let tokens = 0;
    for (let i = 0; i < count; i++) {
      const drawn = draw();
      tokens += sizes[drawn];
      for (let l = 0; l < summed.length; l++) totals[l] += summed[l][drawn];
    }
    for (let l = 0; l < summed.length; l++) means[l][k] = totals[l] / tokens;
    if (k % SLICE === SLICE - 1) yield null;
  }
  yield means.map(percentiles);
}

function percentiles(values: Float64Array): Interval {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  return [quantile(sorted, 0.025), quantile(sorted, 0.975)];
}

/** Run a generator slice by slice; what it yields at last goes to `done`. Returns a function that gives it up. */
export function inSlices<T>(work: Iterator<T | null, unknown>, done: (result: T) => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const next = () => {
    const step = work.next();
    if (step.done) return;
    if (step.value) done(step.value);
    else timer = setTimeout(next, 0);
  };
  timer = setTimeout(next, 0);
  return () => clearTimeout(timer);
}
