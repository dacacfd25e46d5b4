import { expect, test } from 'vitest';
import { undoSteps } from './undo';

const at = (theta: number, flips: [number, number][] = []) => ({
  policy: 'threshold',
  theta,
  overrides: new Map(flips),
});

test('θ and flips go back together, one step at a time', () => {
  const undo = undoSteps();
  expect(undo.possible).toBe(false);
  undo.keep(at(0.4));
  undo.keep(at(0.6));
  undo.keep(at(0.6, [[2, 1]]));
  expect(undo.back()).toEqual(at(0.6, [[2, 1]]));
  expect(undo.back()).toEqual(at(0.6));
  expect(undo.back()).toEqual(at(0.4));
  expect(undo.back()).toBeNull();
});

test('many frames of one drag are one step, and a kept step does not follow later flips', () => {
  const undo = undoSteps();
  const view = at(0.4);
  undo.keep(view);
  undo.keep(view);
  view.overrides.set(0, 1);
  expect(undo.back()?.overrides.size).toBe(0);
  expect(undo.possible).toBe(false);
});
