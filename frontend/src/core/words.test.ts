import { expect, test } from 'vitest';
import { type Case, expectClose, golden, makeTrace, named, viewOf } from '../testing/golden';
import { replay } from './replay';
import { wordAttention, wordFlips, wordRho, wordsOf } from './words';

interface Flipped extends Case {
  words: { text: string; from: number; to: number; reads: boolean; effect: number; answer: string }[];
}

test.each(golden<Flipped[]>('words').map((flipped) => [named(flipped), flipped] as const))('%s', (_, expected) => {
  const trace = makeTrace(expected.trace);
  const view = viewOf(expected);
  const words = wordsOf(trace);
  expect(words).toEqual(expected.words.map(({ text, from, to }) => ({ text, from, to })));
  const flips = wordFlips(trace, view, replay(trace, view), words);
  expect(flips.map(({ reads }) => reads)).toEqual(expected.words.map(({ reads }) => reads));
  expectClose(
    flips.map(({ effect }) => effect),
    expected.words.map(({ effect }) => effect),
  );
  expect(flips.map(({ outcome }) => trace.nameOf(outcome.best))).toEqual(expected.words.map(({ answer }) => answer));
});

test('pieces are words of their own when they are asked for', () => {
  const trace = makeTrace('two flows');
  const pieces = wordsOf(trace, true);
  expect(pieces.map(({ from, to }) => [from, to])).toEqual(trace.tokens.map((_, t) => [t, t + 1]));
});

test('a word reads as much as its piece that reads most, and looks where its pieces look on average', () => {
  const trace = makeTrace('two flows');
  const word = { text: '', from: 0, to: 2 };
  expect(wordRho({ rho: Float64Array.of(0.2, 0.7, 1) }, word)).toBe(0.7);
  const looks = wordAttention(trace, word);
  const mean = Array.from({ length: trace.S }, (_, s) => (trace.attention[s] + trace.attention[trace.S + s]) / 2);
  expectClose(looks, mean);
});
