import { expect, test } from 'vitest';
import { makeTrace } from '../testing/golden';
import { exactSum, sumDigits } from './exact_sum';
import { replay } from './replay';

test('printed parts add up to the printed sum', () => {
  expect(sumDigits([0.0004, 5.6314, -0.4397])).toBe(4); // 0.000 + 5.631 − 0.440 is not 5.192
  expect(sumDigits([0.014, 18.018, -0.084])).toBe(3);
  for (let seed = 1; seed < 60; seed++) {
    const parts = [Math.sin(seed), 7 * Math.cos(3 * seed), -Math.abs(Math.sin(5 * seed))];
    const digits = sumDigits(parts);
    const printed = parts.map((part) => Number(part.toFixed(digits)));
    const total = parts.reduce((sum, part) => sum + part, 0);
    if (digits < 6) expect(printed.reduce((sum, part) => sum + part, 0)).toBeCloseTo(Number(total.toFixed(digits)), 9);
  }
});

test('the score of an answer in words', () => {
  const trace = makeTrace('many tokens');
  const outcome = replay(trace, { policy: 'merged', theta: 0, overrides: new Map() });
  const words = exactSum(trace, outcome, outcome.best);
  const numbers = words.match(/[+−]?\d+\.\d+/g)!.map((text) => Number(text.replace('−', '-')));
  const [bias, up, down, total] = numbers;
  expect(words).toContain('(bias)');
  expect(bias + up - down).toBeCloseTo(total, 5);
  expect(total).toBeCloseTo(trace.scoreOf(outcome, outcome.best), 2);
});
