import { describe, expect, test } from 'vitest';
import type { LanguagePayload, WritingPayload } from '../contracts';
import { golden } from '../testing/golden';
import { decodeLanguage, perplexityOf, replayLanguage } from './language';
import {
  changeWords,
  costWords,
  languageHeadline,
  numberWords,
  readingWords,
  shown,
  sureWords,
} from './language_sentence';

const { payloads } = golden<{ payloads: Record<string, LanguagePayload> }>('language');
const trace = decodeLanguage(payloads.plain);
const view = (policy: string, flips: [number, number][] = []) => ({ policy, theta: 1, overrides: new Map(flips) });
const costs = { direct: 70, merged: 0, mergedAlone: 90, bothFlows: 160, seconds: 2 };
const text = (words: string): WritingPayload => ({
  text: words,
  tokens: ['a', 'b'],
  ids: [1, 2],
  rho: [0, 0],
  stop: 'end',
  stopWords: '',
  costs,
});
const read = (policy: string, flips: [number, number][] = []) => {
  const decision = view(policy, flips);
  return readingWords(trace, decision, replayLanguage(trace, decision), true);
};

describe('how many words read', () => {
  test('none, all, one by name', () => {
    expect(read('direct')).toBe('No word read the passage: the model knew all of it.');
    expect(read('merged')).toBe('Every word read the passage.');
    const [word] = trace.words;
    expect(read('threshold', [[word.from, 1]])).toBe(`1 of 9 words read the passage: “${word.text}”.`);
  });
});

describe('what would have been without', () => {
  const decision = view('merged');
  const outcome = replayLanguage(trace, decision);
  const around = { written: true, merged: null, running: false };
  test('another text is a part of its own, the same one is told', () => {
    const other = languageHeadline(trace, decision, outcome, { ...around, direct: text(' another ') }, -1);
    expect(other.at(-1)).toEqual({ answer: 'another', share: '', own: false });
    const same = languageHeadline(trace, decision, outcome, { ...around, direct: text(trace.payload.answer) }, -1);
    expect(same.at(-1)).toBe('Without the passage it would have written the same.');
  });
  test('a change names the word that comes in its place', () => {
    expect(changeWords(trace, outcome, 0)).toMatch(/would write “.+” instead of “.+” at word 1/);
  });
  test('a model that would write another text did not know this one', () => {
    const alone = replayLanguage(trace, view('direct'));
    const [words] = languageHeadline(trace, view('direct'), alone, { ...around, direct: null }, 0);
    expect(words).toBe('No word reads the passage.');
  });
  test('of a given answer by how much each token is likelier', () => {
    const times = perplexityOf(trace.direct) / outcome.perplexity;
    const given = languageHeadline(trace, decision, outcome, { ...around, written: false, direct: null }, -1);
    expect(given).toHaveLength(2);
    expect(given[1]).toContain(`${numberWords(Math.max(times, 1 / times))} times`);
  });
});

test('perplexities are those of both flows', () => {
  const outcome = replayLanguage(trace, view('direct'));
  const alone = numberWords(perplexityOf(trace.direct));
  expect(sureWords(trace, outcome)).toContain(`${alone} as routed, ${alone} without the passage`);
});

test('only an early gate saves', () => {
  expect(costWords(text('a'), true)).toContain('saves nothing');
  expect(costWords(text('a'), false)).toContain('never encoded (both flows: 160)');
});

test('a word stands without its space, and the end of a text in words', () => {
  expect([' Paris', 'ris', ' ', '<|im_end|>', '<0xE4>'].map(shown)).toEqual([
    'Paris',
    'ris',
    ' ',
    'end of text',
    '<0xE4>',
  ]);
});
