import { expect, test } from 'vitest';
import { durationWords, plainNumber } from './quantities';

test.each([
  [0.2, 'under 1 s'],
  [1.6, 'about 2 s'],
  [49, 'about 49 s'],
  [55, 'about 1 min'],
  [200, 'about 3 min'],
])('%d seconds are %s', (seconds, words) => {
  expect(durationWords(seconds)).toBe(words);
});

test.each([
  [1020, '1,020'],
  [12345.6, '12,346'],
  [0.5, '0.500'],
  [-2.345, '−2.35'],
  [0.00012345, '0.000123'],
  [1e-9, '0.000000'],
  [-1e-9, '0.000000'],
  [0, '0'],
])('%d is written %s', (value, text) => {
  expect(plainNumber(value)).toBe(text);
});
