import { expect, test } from 'vitest';
import { NO_ANSWER, answered } from './patience';

test('the answer of the server reaches the page', async () => {
  expect(await answered(Promise.resolve({ n: 3 }))).toEqual({ n: 3 });
});

test.each<[string, () => Promise<unknown> | undefined, string]>([
  ['none in time', () => new Promise((resolve) => setTimeout(resolve, 200)), NO_ANSWER],
  ['a lost connection', () => Promise.reject(new TypeError('Failed to fetch')), NO_ANSWER],
  ['an empty answer', () => Promise.resolve(undefined), NO_ANSWER],
  ['no server', () => undefined, NO_ANSWER],
  ['a reason', () => Promise.resolve({ error: 'no rows' }), 'no rows'],
])('%s is told in words', async (_, asked, words) => {
  await expect(answered(asked(), 20)).rejects.toThrow(words);
});
