import { expect, test } from 'vitest';
import type { RowsPayload } from '../../contracts';
import { golden } from '../../testing/golden';
import { qualityText, shareText } from './format';
import { headlines, shareInterval } from './headline';
import { measure } from './measure';
import { type Rows, decodeRows, statesAt } from './rows';

const data = golden<Record<string, { payload: RowsPayload }>>('rows');

function headlinesAt(rows: Rows, theta: number) {
  const states = statesAt(rows, theta);
  const at = { theta, ...measure(rows, states) };
  return { at, shown: headlines(rows, states, at, measure(rows, statesAt(rows, 0)), null) };
}

test.each(['classes', 'area', 'spans'])('three figures of what is measured: %s', (name) => {
  const rows = decodeRows(structuredClone(data[name].payload));
  const { at, shown } = headlinesAt(rows, 0.5);
  expect(shown.map(({ value }) => value).slice(0, 2)).toEqual([qualityText(rows, at.quality), shareText(at.share)]);
  expect(shown[0].interval).toBeNull();
  expect(shown[1].note).toContain('No compute is saved.');
});

test('random reading is not reported where nothing or everything is read', () => {
  const rows = decodeRows(structuredClone(data.classes.payload));
  for (const entry of rows.entries) entry.minusDirect = { difference: 0.15, ci: [0.1, 0.2] };
  expect(headlinesAt(rows, 1).shown[2]).toMatchObject({ value: '–', note: 'Random reading would do the same here.' });
});

test('where no token of any row reads, the interval is that of a share of all rows', () => {
  const none = { N: 1400, metric: 'auc' } as Partial<Rows>;
  Object.assign(none, { readable: new Uint8Array(1400).fill(1), lengths: new Int32Array(1400).fill(2) });
  Object.assign(none, { first: Int32Array.from({ length: 1401 }, (_, r) => 3 * r) });
  const closed = Int32Array.from({ length: 1400 }, (_, r) => 3 * r + 2);
  const [low, high] = shareInterval(none as Rows, closed, 0);
  expect(low).toBe(0);
  expect(high).toBeCloseTo(0.00274, 4); // Wilson's of 0 in 1,400
});

test('the interval of a share, by hand', () => {
  // Two rows of two tokens, of which one reads twice and the other never: residuals of 1, so 1.96 √2 / 4.
  const rows = { N: 2, readable: [1, 1], lengths: [2, 2], first: [0, 3], metric: 'accuracy' } as unknown as Rows;
  const [low, high] = shareInterval(rows, Int32Array.of(0, 5), 0.5);
  expect([low, high]).toEqual([0, 1]);
  const many = { N: 200, metric: 'accuracy' } as Partial<Rows>;
  Object.assign(many, { readable: new Uint8Array(200).fill(1), lengths: new Int32Array(200).fill(2) });
  Object.assign(many, { first: Int32Array.from({ length: 201 }, (_, r) => 3 * r) });
  const states = Int32Array.from({ length: 200 }, (_, r) => 3 * r + (r % 2 ? 2 : 0));
  const arm = (1.959964 * Math.sqrt(200)) / 400;
  const [from, to] = shareInterval(many as Rows, states, 0.5);
  expect(from).toBeCloseTo(0.5 - arm, 9);
  expect(to).toBeCloseTo(0.5 + arm, 9);
});
