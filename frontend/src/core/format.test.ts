import { expect, test } from 'vitest';
import { fixed, percent, percentage, points, signed } from './format';

test('a share that is not 0 or 1 is never shown as 0% or 100%', () => {
  expect([0, 0.001, 0.5, 0.999, 1].map(percent)).toEqual(['0%', '<1%', '50%', '>99%', '100%']);
});

test('no space stands before a percent sign', () => {
  expect([percentage(0.2434), percentage(0.5, 0)]).toEqual(['24.3%', '50%']);
});

test('a minus is no hyphen, and what rounds to zero has no sign', () => {
  expect([fixed(-0.1824), fixed(-0.0001), fixed(0.5, 1)]).toEqual(['−0.182', '0.000', '0.5']);
  expect([-1.234, 0.5, 0.004, -0.004, 0].map((value) => signed(value))).toEqual([
    '−1.23',
    '+0.50',
    '0.00',
    '0.00',
    '0.00',
  ]);
  expect([0.2, -0.2, 0.0001, NaN].map(points)).toEqual(['+20.0 points', '−20.0 points', '0.0 points', '–']);
});
