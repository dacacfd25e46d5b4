import { expect, test } from 'vitest';
import { payloads } from '../testing/golden';
import { type KeptView, fitting } from './kept_views';

const view = (name: string): KeptView => ({
  payload: payloads['two flows'],
  view: { policy: 'threshold', theta: 0.5, overrides: [] },
  name,
});
const names = (views: KeptView[]) => views.map(({ name }) => name);
const size = JSON.stringify(view('#1')).length;

test('of too many views the newest are kept, in their order', () => {
  const views = ['#1', '#2', '#3'].map(view);
  expect(names(fitting(views, 3 * size))).toEqual(['#1', '#2', '#3']);
  expect(names(fitting(views, 2 * size))).toEqual(['#2', '#3']);
  expect(names(fitting(views, size - 1))).toEqual([]);
});

test('a view that is too large is left out, and the others are kept', () => {
  const large = { ...view('#2'), made: 'x'.repeat(2 * size) };
  expect(names(fitting([view('#1'), large, view('#3')], 2 * size))).toEqual(['#1', '#3']);
});
