import { describe, expect, test } from 'vitest';
import type { LanguagePayload } from '../contracts';
import { expectClose, golden } from '../testing/golden';
import { decodeLanguage } from './language';
import {
  type LanguageSide,
  compareLanguage,
  differences,
  languagePairSentence,
  languagePairTable,
} from './language_pair';

interface ViewCase {
  trace: string;
  policy: string;
  theta: number;
  overrides: [number, number][];
}

interface PairCase {
  views: [ViewCase, ViewCase];
  columns: [number, number, string][];
  rerouted: [number, number][];
  rechosen: [number, number][];
  perplexities: [number, number];
}

const { payloads, pairs } = golden<{ payloads: Record<string, LanguagePayload>; pairs: PairCase[] }>('language');
const sideOf = ({ trace, policy, theta, overrides }: ViewCase): LanguageSide => ({
  trace: decodeLanguage(payloads[trace]),
  view: { policy, theta, overrides: new Map(overrides) },
});
const plain = (theta: number): LanguageSide => sideOf({ trace: 'plain', policy: 'threshold', theta, overrides: [] });

describe('two views of answers', () => {
  test.each(pairs)('are compared as Python does it: $views', ({ views, columns, rerouted, rechosen, perplexities }) => {
    const pair = compareLanguage(sideOf(views[0]), sideOf(views[1]));
    const places = (all: typeof pair.columns) => all.map(({ a, b }) => [a, b]);
    expect(pair.columns.map(({ a, b, change }) => [a, b, change])).toEqual(columns);
    expect(places(pair.rerouted)).toEqual(rerouted);
    expect(places(pair.rechosen)).toEqual(rechosen);
    expectClose(pair.nats.map(Math.exp), perplexities);
    const { rows } = languagePairTable(pair);
    expect(rows).toHaveLength(columns.length);
    expect(rows.filter((row) => row.at(-2) === true)).toHaveLength(rerouted.length);
  });

  test('that are the same differ in nothing', () => {
    const pair = compareLanguage(plain(0.4), plain(0.4));
    expect(differences(pair)).toEqual([]);
    expect([pair.rerouted, pair.rechosen]).toEqual([[], []]);
    expect(pair.nats[0]).toBe(pair.nats[1]);
    expect(languagePairSentence(pair)).toMatch(/^A and B are the same view\. .*as likely\.$/);
  });

  test('say what B has that A has not', () => {
    const named = ({ views }: PairCase) => differences(compareLanguage(sideOf(views[0]), sideOf(views[1])));
    expect(pairs.map(named)).toEqual([
      ['θ = 0.200 for 0.600'],
      ['another reading rule', 'other flips'],
      ['another temperature'],
      ['another passage', 'another answer', 'other flips'],
    ]);
  });
});
