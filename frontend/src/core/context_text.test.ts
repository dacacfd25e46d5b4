import { expect, test } from 'vitest';
import { placedTokens } from './context_text';

const written = (h: string, tokens: string[]) =>
  placedTokens(h, tokens)
    .map(({ gap, text }) => gap + text)
    .join('');

test('tokens stand as they are written', () => {
  const placed = placedTokens('Oil stockpiles, of May.', ['oil', 'stock', '##pile', '##s', ',', 'of', 'may', '.']);
  expect(placed.map(({ text }) => text)).toEqual(['Oil', 'stock', 'pile', 's', ',', 'of', 'May', '.']);
  expect(placed.map(({ gap }) => gap)).toEqual(['', ' ', '', '', '', ' ', ' ', '']);
});

test('a token that is not in the text stands for the next characters', () => {
  expect(written('a 🚀 b', ['a', '[UNK]', 'b'])).toBe('a 🚀 b');
});

test('a token is not searched far from its place', () => {
  const placed = placedTokens('one two three four', ['one', 'x', 'two', 'four']);
  expect(placed.map(({ text }) => text)).toEqual(['one', 'x', 'two', 'four']);
});

test('lower case of another length does not shift the text', () => {
  expect(written('İx y', ['İx', 'y'])).toBe('İx y');
});
