import { describe, expect, test } from 'vitest';
import { type Case, expectClose, golden, makeTrace, named, sideOf } from '../testing/golden';
import { type Change, align } from './align';
import { answersOf, comparePair, explainedAnswers, sideContributions } from './pair';
import { pairSentence } from './pair_sentence';
import { tracedView } from './replay';

interface Compared {
  a: Case;
  b: Case;
  sentence: string;
  answers: [string, number | null, number | null][];
  rerouted: [number, number][];
  contributions: Record<'a' | 'b', (number | null)[][]>;
}

interface Golden {
  pairs: Compared[];
  written: [string, string][];
  aligned: [string[], string[], [number, number, Change][]][];
}

const data = golden<Golden>('pairs');

describe('a comparison says and counts what Python does', () => {
  test.each(data.pairs.map((pair) => [named(pair.a), named(pair.b), pair] as const))('%s | %s', (_a, _b, expected) => {
    const pair = comparePair(sideOf(expected.a), sideOf(expected.b));
    expect(pairSentence(pair)).toBe(expected.sentence);
    const answers = answersOf(pair);
    expect(answers.map(({ name }) => name)).toEqual(expected.answers.map(([name]) => name));
    expectClose(answers.flatMap(({ a, b }) => [a, b]), expected.answers.flatMap(([, a, b]) => [a, b])); // prettier-ignore
    expect(pair.rerouted.map(({ a, b }) => [a, b])).toEqual(expected.rerouted);
    const explained = explainedAnswers(pair);
    pair.columns.forEach(({ a, b }, i) => {
      if (a >= 0) expectClose(sideContributions(pair.a, pair.before, explained.a, a), expected.contributions.a[i]);
      if (b >= 0) expectClose(sideContributions(pair.b, pair.after, explained.b, b), expected.contributions.b[i]);
    });
  });
});

test.each(data.written)('written texts in words: %s', (policy, sentence) => {
  const trace = makeTrace('written');
  const a = { trace, view: tracedView(trace) };
  expect(pairSentence(comparePair(a, { trace, view: { ...a.view, policy } }))).toBe(sentence);
});

test('sequences are aligned as difflib does it', () => {
  for (const [a, b, expected] of data.aligned)
    expect(align(a, b).map((column) => [column.a, column.b, column.change])).toEqual(expected);
});
