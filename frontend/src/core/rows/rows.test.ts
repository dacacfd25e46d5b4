import { describe, expect, test } from 'vitest';
import type { RowsPayload } from '../../contracts';
import { expectClose, golden } from '../../testing/golden';
import { bestWithin, cheapestReaching, chooseTheta, curveOf, frontOf, halfOf, halvesOf } from './choose';
import { type Intervals, changedInterval, intervalsOf, partIntervals, wilson } from './intervals';
import { type ChangeKind, calibrationOf, changesOf, measure } from './measure';
import { type Interval, resampledAreas, resampledMeans } from './resample';
import { type Rows, decodeRows, readIn, scoreOf, statesAt } from './rows';

interface Golden {
  payload: RowsPayload;
  at: { theta: number; answers: number[]; read: number[]; quality: number; share: number; reading: number }[];
  calibration: { counts: number[]; error: number };
  changes: Record<ChangeKind, number[]>;
  parts: Record<string, number>[];
  curve: { thetas: number[]; shares: number[]; qualities: number[] };
  halves: [chooser: [number, number], judge: [number, number]][];
  wanted: number;
  intervals: [quality: Interval, difference: Interval];
}

const data = golden<Record<string, Golden>>('rows');
const all = Object.entries(data);
const makeRows = (name: string): Rows => decodeRows(data[name].payload);
const allRows = ({ N }: Rows) => Array.from({ length: N }, (_, r) => r);

/** The last that a resampling yields. */
function drawn(work: Generator<Interval[] | null>): Interval[] {
  let last: Interval[] = [];
  for (const intervals of work) if (intervals) last = intervals;
  return last;
}

/** Different draws of one resampling: the ends differ by a part of the width. */
function expectAbout(actual: Interval, expected: Interval, part: number): void {
  const width = Math.max(expected[1] - expected[0], 1e-9);
  actual.forEach((end, i) => expect(Math.abs(end - expected[i])).toBeLessThanOrEqual(part * width));
}

describe.each(all)('rows of %s', (name, expected) => {
  const rows = makeRows(name);

  test('quality and share are those of Python at every θ', () => {
    for (const { theta, answers, read, quality, share, reading } of expected.at) {
      const states = statesAt(rows, theta);
      const at = measure(rows, states);
      expect(Array.from(states, (state) => rows.answers[state])).toEqual(answers);
      expect(Array.from(states, (state, r) => readIn(rows, r, state))).toEqual(read);
      expectClose([at.quality, at.share, at.reading], [quality, share, reading]);
    }
  });

  test('calibration, changed rows and parts are those of Python', () => {
    const before = statesAt(rows, 0.2);
    const after = statesAt(rows, 0.7);
    const calibration = calibrationOf(rows, after);
    expect(calibration.counts).toEqual(expected.calibration.counts);
    expect(Math.abs(calibration.error - expected.calibration.error)).toBeLessThan(1e-5); // stored in 16 bits
    const { same, ...changes } = changesOf(rows, before, after);
    expect(changes).toEqual(expected.changes);
    expect(same + Object.values(changes).flat().length).toBe(rows.N);
    const facet = rows.facets.find(({ title }) => title === 'number')!;
    expected.parts.forEach((part, code) => {
      const chosen = allRows(rows).filter((r) => facet.codes[r] === code);
      const measured = measure(rows, after, chosen) as unknown as Record<string, number>;
      for (const [key, value] of Object.entries(part)) expectClose([measured[key]], [value]);
    });
  });

  test('the curve is that of the tuning half, and the choice is measured on the other half', () => {
    const curve = curveOf(rows, halfOf(rows, 0));
    const step = (curve.thetas.length - 1) / (expected.curve.thetas.length - 1);
    const places = expected.curve.thetas.map((_, i) => Math.round(i * step));
    expectClose(places.map((i) => curve.shares[i]), expected.curve.shares); // prettier-ignore
    expectClose(places.map((i) => curve.qualities[i]), expected.curve.qualities); // prettier-ignore
    expected.at.forEach(({ theta }, i) => {
      for (const half of [0, 1] as const) {
        const at = measure(rows, statesAt(rows, theta), halfOf(rows, half));
        expectClose([at.quality, at.share], expected.halves[i][half]);
      }
    });
  });

  test('a budget chooses the best point within it, a quality the cheapest point that reaches it', () => {
    const halves = halvesOf(rows);
    const { curve } = halves;
    const within = bestWithin(curve, 0.3)!;
    const allowed = curve.shares.flatMap((share, i) => (share <= 0.3 ? [curve.qualities[i]] : []));
    expect(curve.qualities[within]).toBe(Math.max(...allowed));
    const reaching = cheapestReaching(curve, expected.wanted)!;
    const enough = curve.qualities.flatMap((quality, i) => (quality >= expected.wanted ? [curve.shares[i]] : []));
    expect(curve.shares[reaching]).toBe(Math.min(...enough));
    expect([bestWithin(curve, -1), cheapestReaching(curve, 2)]).toEqual([null, null]);
    const front = frontOf(curve);
    front.slice(1).forEach((i, k) => expect(curve.qualities[i]).toBeGreaterThan(curve.qualities[front[k]]));
    const choice = chooseTheta(rows, halves, (points) => bestWithin(points, 0.3));
    expect(choice?.theta).toBe(curve.thetas[within]);
    expect(choice?.judgedOn).toEqual(measure(rows, statesAt(rows, choice!.theta), halves.judge));
  });

  test('resampled intervals agree with those of other draws', () => {
    if (name === 'equal gates') return; // its ties make the ends jump
    const [one, other] = [0.6, 0].map((theta) => statesAt(rows, theta));
    const scores = Array.from(one, (state, r) => (rows.metric === 'auc' ? 0 : scoreOf(rows, r, state)));
    const gains = scores.map((score, r) => (rows.metric === 'auc' ? 0 : score - scoreOf(rows, r, other[r])));
    const intervals = drawn(
      rows.metric === 'auc' ? resampledAreas(rows, [one, other]) : resampledMeans([scores, gains]),
    );
    expectAbout(intervals[0], expected.intervals[0], 0.12);
    expectAbout(intervals.at(-1)!, expected.intervals[1], 0.12);
  });
});

describe('closed intervals', () => {
  test('of a share are Wilson’s', () => {
    // As scipy.stats.binomtest(...).proportion_ci(method="wilson") gives them.
    for (const [right, n, low, high] of [
      [0, 1, 0, 0.7934506856],
      [2, 2, 0.3423802275, 1],
      [3, 7, 0.1582198553, 0.7495416354],
      [58, 60, 0.8863622573, 0.9908106807],
    ])
      expectClose(wilson(right / n, n), [low, high]);
  });

  test('of a difference that is zero in every row have a width', () => {
    const z = 1.959964 ** 2;
    for (const n of [2, 6799]) expectClose(changedInterval(0, 0, n, false), [-z / (n + z), z / (n + z)], 1e-9);
    expect(changedInterval(3, 0, 50, true)[1]).toBeCloseTo(z / (50 + z), 9); // grades
  });

  test('of the parts agree with resampling', async () => {
    const rows = makeRows('classes');
    const [one, other] = [0.7, 0].map((theta) => statesAt(rows, theta));
    const resampled = await new Promise<Intervals>((done) => intervalsOf(rows, one, other, done));
    const closed = partIntervals(rows, one, other, allRows(rows));
    expectAbout(closed.quality!, resampled.quality, 0.2);
    expectAbout(closed.difference!, resampled.difference, 0.2);
  });
});

test.each([
  [2, 0.342],
  [40, 0.912],
])('%i rows that are all right do not say that all rows are', async (n, best) => {
  const rows = makeRows('classes');
  const few: Rows = { ...rows, N: n };
  few.answers.fill(0);
  few.right.fill(0);
  const { quality, difference } = await new Promise<Intervals>((done) =>
    intervalsOf(few, statesAt(few, 0.5), statesAt(few, 0), done),
  );
  expectClose(quality, [best, 1], 1e-3);
  expect(difference[0]).toBeCloseTo(best - 1, 3);
});

test('operations are those of the rows that read, as a share of reading always', () => {
  const rows = makeRows('classes');
  rows.operations = Float32Array.from({ length: 2 * rows.N }, (_, i) => (i % 2 ? 3 : 1));
  rows.readable.fill(1);
  expect(measure(rows, statesAt(rows, 0)).compute).toBe(1);
  expect(measure(rows, statesAt(rows, 1)).compute).toBeCloseTo(1 / 3, 9);
  const at = measure(rows, statesAt(rows, 0.5));
  expect(at.compute).toBeCloseTo((3 * at.reading + 1 - at.reading) / 3, 9);
});
