import { describe, expect, test } from 'vitest';
import type { LanguagePayload } from '../contracts';
import { expectClose, golden } from '../testing/golden';
import { choices, chosen, decodeLanguage, firstChange, joined, replayLanguage, stretches } from './language';

interface LanguageCase {
  trace: string;
  policy: string;
  theta: number;
  overrides: [number, number][];
  rho: number[];
  probs: number[];
  perplexity: number;
  chosen: string[];
}
interface Greedy {
  trace: string;
  rhos: number[];
  ids: number[][];
}
const { payloads, cases, greedy } = golden<{
  payloads: Record<string, LanguagePayload>;
  cases: LanguageCase[];
  greedy: Greedy[];
}>('language');
const traceOf = (name: string) => decodeLanguage(payloads[name]);
const viewOf = ({ policy, theta, overrides }: LanguageCase) => ({ policy, theta, overrides: new Map(overrides) });

describe('a decision about an answer', () => {
  test.each(cases)('$trace, $policy at $theta', (wanted) => {
    const trace = traceOf(wanted.trace);
    const outcome = replayLanguage(trace, viewOf(wanted));
    expectClose(outcome.rho, wanted.rho);
    expectClose(outcome.probs, wanted.probs);
    expectClose([outcome.perplexity], [wanted.perplexity]);
    const words = trace.candidates.map((_, t) => chosen(trace, t, outcome.rho[t]).word);
    expect(words).toEqual(wanted.chosen);
  });
});

describe('the greedy choice', () => {
  test.each(greedy)('of $trace is Python’s at every ρ', ({ trace: name, rhos, ids }) => {
    const trace = traceOf(name);
    rhos.forEach((rho, r) => {
      expect(trace.candidates.map((_, t) => chosen(trace, t, rho).id)).toEqual(ids[r]);
    });
  });

  test.each(greedy)('of $trace is that of its stretches', ({ trace: name, rhos, ids }) => {
    const trace = traceOf(name);
    for (let t = 0; t < trace.T; t++) {
      const found = choices(trace, t);
      expect(found[0].from).toBe(0);
      expect(found.at(-1)!.to).toBe(1);
      rhos.forEach((rho, r) => {
        const here = found.filter(({ from, to }) => from - 1e-9 <= rho && rho <= to + 1e-9);
        expect(here.map(({ id }) => id)).toContain(ids[r][t]);
      });
    }
  });
});

describe('θ', () => {
  test('its stretches are what a replay in them finds', () => {
    const trace = traceOf('plain');
    const view = { policy: 'threshold', theta: 0, overrides: new Map<number, number>() };
    const all = stretches(trace, view);
    expect(all[0].from).toBe(0);
    expect(all.at(-1)!.to).toBe(1);
    for (const { from, to, change } of all) {
      const { rho } = replayLanguage(trace, { ...view, theta: (from + to) / 2 });
      expect(firstChange(trace, rho)).toBe(change);
    }
    expect(joined(all, () => true)).toHaveLength(1);
  });
});

test('words are whole, and the end of the text is none of them', () => {
  const { words } = traceOf('plain');
  const texts = words.filter(({ special }) => !special).map(({ text }) => text);
  expect(texts.join('')).toBe('thestrikerscorednaïvely,said王🎉inNairobi');
});

test('a token of spaces belongs to the number that follows', () => {
  const payload = traceOf('plain').payload;
  const tokens = ['in', '▁', '1', '##7', '.'];
  const offsets: [number, number][] = [
    [0, 2],
    [3, 3],
    [3, 4],
    [4, 5],
    [5, 6],
  ];
  const places = payload.tokens.length - tokens.length;
  const rest = Array.from({ length: places }, () => '##');
  const all = {
    ...payload,
    answer: 'in 17.',
    tokens: [...tokens, ...rest],
    offsets: [...offsets, ...rest.map(() => [6, 6] as [number, number])],
  };
  const words = decodeLanguage(all).words.map(({ text, special }) => [text, special]);
  expect(words).toEqual([
    ['in', false],
    ['17', false],
    ['.', false],
  ]);
});
