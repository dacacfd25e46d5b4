/**
 * 95% intervals of a quality and of what it differs from another: by resampling where that tells something, in closed
 * form where it cannot: resampling two rows that are both right would say that 100% of all rows are.
 */
import { sumOf } from '../arrays';
import { areaOf, measure } from './measure';
import { type Interval, inSlices, resampledAreas, resampledMeans } from './resample';
import { type Chosen, type Rows, eachRow, scoreOf } from './rows';

const Z = 1.959964;
export const FEW = 10; // right, wrong, changed rows: of fewer the resamples see too few kinds

export interface Intervals {
  quality: Interval;
  difference: Interval;
}

/** Wilson (1927): of a share seen in n rows. Sound for a mean of grades from 0 to 1 too: none varies more than a share. */
export function wilson(share: number, n: number): Interval {
  const z = (Z * Z) / n;
  const middle = share + z / 2;
  const arm = Z * Math.sqrt((share * (1 - share)) / n + z / (4 * n));
  return [Math.max(0, (middle - arm) / (1 + z)), Math.min(1, (middle + arm) / (1 + z))];
}

/**
 * Of a difference in which `worse` and `better` of n rows changed: what both shares may be. A grade may change by less
 * than 1, so there each only bounds its own side.
 */
export function changedInterval(worse: number, better: number, n: number, graded: boolean): Interval {
  const lost = wilson(worse / n, n);
  const won = wilson(better / n, n);
  return graded ? [-lost[1], won[1]] : [won[0] - lost[1], won[1] - lost[0]];
}

/**
 * Closed forms for a table of parts, which cannot wait for resamples. A mean's difference is about normal once enough
 * rows changed; of an area none is known here: null.
 */
export function partIntervals(
  rows: Rows,
  states: Int32Array,
  other: Int32Array,
  chosen: number[],
): { quality: Interval | null; difference: Interval | null } {
  const n = rowsBehind(rows, chosen);
  const quality = n ? wilson(measure(rows, states, chosen).quality, n) : null;
  if (rows.metric === 'auc') return { quality, difference: null };
  const gains = chosen.map((r) => scoreOf(rows, r, states[r]) - scoreOf(rows, r, other[r]));
  const { worse, better } = changedIn(gains);
  if (worse + better < 2 * FEW) return { quality, difference: changedInterval(worse, better, n, !!rows.scores) };
  const mean = sumOf(gains) / n;
  const arm = (Z * Math.sqrt(sumOf(gains.map((gain) => (gain - mean) ** 2)))) / n;
  return { quality, difference: [mean - arm, mean + arm] };
}

/**
 * How many rows a quality speaks for: of an area the smaller class, since its variance is at most A (1 − A) over that
 * (Birnbaum and Klose 1957).
 */
export function rowsBehind(rows: Rows, chosen: Chosen = null): number {
  let n = 0;
  let positive = 0;
  eachRow(rows, chosen, (r) => {
    n++;
    if (rows.right[r] === 1) positive++;
  });
  return rows.metric === 'auc' ? Math.min(positive, n - positive) : n;
}

export const tooFew = (quality: number, n: number): boolean => Math.min(quality, 1 - quality) * n < FEW;

/**
 * Intervals of the quality at a θ and of its difference to another θ, handed to `done` when they are there. Returns a
 * function that gives them up.
 */
export function intervalsOf(
  rows: Rows,
  states: Int32Array,
  other: Int32Array,
  done: (intervals: Intervals) => void,
  chosen: Chosen = null,
): () => void {
  return rows.metric === 'auc'
    ? areaIntervals(rows, states, other, done, chosen)
    : meanIntervals(rows, states, other, done, chosen);
}

type Compute = (
  rows: Rows,
  states: Int32Array,
  other: Int32Array,
  done: (intervals: Intervals) => void,
  chosen: Chosen,
) => () => void;

const meanIntervals: Compute = (rows, states, other, done, chosen) => {
  const scores: number[] = [];
  const gains: number[] = [];
  eachRow(rows, chosen, (r) => {
    const score = scoreOf(rows, r, states[r]);
    scores.push(score);
    gains.push(score - scoreOf(rows, r, other[r]));
  });
  const n = scores.length;
  const mean = sumOf(scores) / n;
  const { worse, better } = changedIn(gains);
  return inSlices(resampledMeans([scores, gains]), ([quality, difference]) =>
    done({
      quality: tooFew(mean, n) ? wilson(mean, n) : quality,
      difference: worse + better < 2 * FEW ? changedInterval(worse, better, n, !!rows.scores) : difference,
    }),
  );
};

const areaIntervals: Compute = (rows, states, other, done, chosen) => {
  const n = rowsBehind(rows, chosen);
  const area = areaOf(rows, states, chosen);
  if (!n) return later({ quality: [0, 1], difference: [-1, 1] }, done);
  if (n < FEW) {
    const here = wilson(area, n);
    const there = wilson(areaOf(rows, other, chosen), n);
    return later({ quality: here, difference: [here[0] - there[1], here[1] - there[0]] }, done);
  }
  return inSlices(resampledAreas(rows, [states, other], chosen), ([quality, , difference]) =>
    done({ quality: tooFew(area, n) ? wilson(area, n) : quality, difference }),
  );
};

const later = (intervals: Intervals, done: (intervals: Intervals) => void) => inSlices([intervals].values(), done);

const changedIn = (gains: number[]): { worse: number; better: number } => ({
  worse: gains.filter((gain) => gain < 0).length,
  better: gains.filter((gain) => gain > 0).length,
});
