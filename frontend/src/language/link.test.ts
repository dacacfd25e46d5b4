import { expect, test } from 'vitest';
import { languageState, readLanguageLink } from './link';

const asked = { model: 'm', gate: 'divergence', prompt: 'Who & why?', passage: 'A.\n\nB 王', temperature: 0.5 };
const view = {
  policy: 'soft',
  theta: 0.25,
  overrides: new Map([
    [3, 0],
    [12, 1],
  ]),
};

function roundTrip(answer: { text: string } | { ids: number[] }, seed: number | null) {
  const state = languageState(asked, { seed, top_p: 0.9, max_tokens: 40 }, view, answer);
  const address = new URLSearchParams(Object.entries(state).filter(([, text]) => text) as [string, string][]);
  return readLanguageLink(address)!;
}

test('a link brings back texts, tokens and decision', () => {
  const linked = roundTrip({ ids: [5, 71] }, 7);
  expect(linked.asked).toEqual(asked);
  expect(linked.ids).toEqual([5, 71]);
  expect(linked.drawn).toEqual({ seed: 7, top_p: 0.9 });
  expect(linked.decision).toEqual({ policy: 'soft', threshold: 0.25, overrides: [...view.overrides] });
});

test('a link brings back an answer of one’s own', () => {
  expect(roundTrip({ text: 'It was 王.' }, null)).toMatchObject({
    answer: 'It was 王.',
    ids: [],
    drawn: { seed: null },
  });
});

test('an address without a question or a passage says nothing', () => {
  expect(readLanguageLink(new URLSearchParams('tab=language&q=Who'))).toBeNull();
});

test('what is no number and no flow is left out', () => {
  const linked = readLanguageLink(new URLSearchParams('q=a&from=b&ids=1.x.2&turned=1-merged.2-up.z-direct&read=high'));
  expect(linked!.ids).toEqual([1, 2]);
  expect(linked!.decision).toEqual({ policy: 'threshold', threshold: null, overrides: [[1, 1]] });
});
