import { expect, test } from 'vitest';
import { nameLines } from './name_lines';

const within = (most: number) => (line: string) => line.length <= most;

test('what fits stays as it is', () => {
  expect(nameLines('Record', within(6))).toEqual(['Record']);
  expect(nameLines('', within(6))).toEqual(['']);
});

test('a name is broken between words, and where a new part of one begins', () => {
  expect(nameLines('The Lion King (1994): 3', within(14))).toEqual(['The Lion King', '(1994): 3']);
  expect(nameLines('ReserveRestaurant', within(12))).toEqual(['Reserve', 'Restaurant']);
});

test('what takes more lines is cut after a word', () => {
  const film = 'The Lord of the Rings: The Return of the King (2003): 4.5';
  expect(nameLines(film, within(22))).toEqual(['The Lord of the Rings:', 'The Return of the…']);
  expect(nameLines('The Lion King (1994): 3', within(14), 1)).toEqual(['The Lion King…']);
  expect(nameLines('The Lion King, (1994): 3', within(15), 1)).toEqual(['The Lion King…']);
});

test('a long word is cut between letters as people count them', () => {
  expect(nameLines('unbelievable', within(6))).toEqual(['unbel…']);
  expect(nameLines('a unbelievable', within(6))).toEqual(['a', 'unbel…']);
  expect(nameLines('🏴‍☠️🏴‍☠️', () => false)).toEqual(['🏴‍☠️…']);
});

test('no line is wider than there is room', () => {
  for (const name of [
    'The Lord of the Rings: The Return (2003)',
    'Adventure/Animation',
    'x'.repeat(90),
    'a b c d e f g',
  ])
    for (const most of [4, 7, 15, 30])
      for (const lines of [1, 2, 3]) {
        const shown = nameLines(name, within(most), lines);
        expect(shown.length).toBeLessThanOrEqual(lines);
        expect(shown.filter((line) => line.length > most)).toEqual([]);
      }
});
