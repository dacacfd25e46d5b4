import { describe, expect, test } from 'vitest';
import { makeTrace } from '../testing/golden';
import { DRAWS, allSets, chanceWords, randomFlips } from './chance';
import { replay, tracedView } from './replay';

describe('sets of tokens', () => {
  test('are all taken where they are few', () => {
    expect(allSets([4, 5, 6], 2, 10)).toEqual([[4, 5], [4, 6], [5, 6]]); // prettier-ignore
    expect(allSets([4, 5, 6], 3, 10)).toEqual([[4, 5, 6]]);
    expect(allSets([...Array(6).keys()], 3, 20)).toHaveLength(20);
    expect(new Set(allSets([...Array(6).keys()], 3, 20)!.map(String)).size).toBe(20);
  });

  test('are drawn where they are many', () => {
    expect(allSets([...Array(6).keys()], 3, 19)).toBeNull();
    expect(allSets([...Array(400).keys()], 200, DRAWS)).toBeNull();
  });
});

test('for one flip every other token is tried, and the sentence says so', () => {
  const trace = makeTrace('two flows');
  const view = { ...tracedView(trace), policy: 'merged', overrides: new Map<number, number>() };
  const chance = randomFlips(trace, view, [[1, 0]])!;
  expect(chance.complete).toBe(true);
  expect(chance.draws).toHaveLength(trace.T);
  const before = replay(trace, view);
  const alone = replay(trace, { ...view, overrides: new Map([[1, 0]]) });
  const effect = trace.probOf(alone, before.best) - trace.probOf(before, before.best);
  expect(chance.effect).toBeCloseTo(effect, 12);
  expect(chance.draws[1]).toBeCloseTo(effect, 12);
  expect(chanceWords(chance, 'A')).toContain(`All ${trace.T} sets of 1 of these ${trace.T}, this one among them`);
});
