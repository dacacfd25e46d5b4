import { expect, test } from 'vitest';
import { makeTrace } from '../testing/golden';
import { carriedView, withSwapped, withoutWord, wordAt } from './edits';
import { tracedView } from './replay';

test('a word is deleted or swapped where it stands', () => {
  const trace = makeTrace('spans'); // has places
  expect(wordAt(trace, 1)).toEqual({ from: 3, to: 8, next: 2 });
  expect(withoutWord(trace, 1)).toBe(trace.x.replace('word1 ', ''));
  expect(withSwapped(trace, 1)).toBe(trace.x.replace('word1 word2', 'word2 word1'));
  expect(withSwapped(trace, trace.T - 1)).toBeNull();
});

test('tokens without offsets are searched in the text, and pieces belong to their word', () => {
  const trace = makeTrace('before an edit');
  trace.x = 'An Upturn, really';
  trace.tokens = ['an', 'up', '##turn', ',', 'really'];
  expect(withoutWord(trace, 2)).toBe('An , really');
  const lost = makeTrace('before an edit');
  lost.tokens = ['elsewhere', ...lost.tokens.slice(1)];
  expect(wordAt(lost, 1)).toBeNull();
});

test('flips and unread words stay with their words', () => {
  const before = makeTrace('before an edit');
  const after = makeTrace('after an edit');
  const view = { ...tracedView(before), overrides: new Map([[1, 1], [2, 0]]), ignored: new Set([3]) }; // prettier-ignore
  const carried = carriedView({ trace: before, view }, after);
  expect([...carried.overrides]).toEqual([[2, 0]]); // token 1 was replaced
  expect([...carried.ignored]).toEqual([3]);
  expect(carriedView({ trace: makeTrace('another model'), view }, after).overrides.size).toBe(0);
});
