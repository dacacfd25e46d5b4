/** Two views of answers of language models, side by side. Mirrors dualroute/compare for this family. */
import { type Column, align } from './align';
import { sumOf } from './arrays';
import { clip, count, plainToken, signed, thetaText } from './format';
import { type Candidate, type LanguageOutcome, type LanguageTrace, chosen, replayLanguage } from './language';
import { shown } from './language_sentence';
import { usesTheta } from './policies';
import type { View } from './replay';
import type { Table } from './table';

export interface LanguageSide {
  trace: LanguageTrace;
  view: View;
}

export interface LanguagePair {
  a: LanguageSide;
  b: LanguageSide;
  before: LanguageOutcome;
  after: LanguageOutcome;
  /** The tokens of both answers side by side; of those in both, the ones that read in one alone. */
  columns: Column[];
  rerouted: Column[];
  /** The columns of tokens in both whose greedy choice is another word. */
  rechosen: Column[];
  /** Nats per token of each answer. */
  nats: [number, number];
}

export function compareLanguage(a: LanguageSide, b: LanguageSide): LanguagePair {
  const [before, after] = [a, b].map(({ trace, view }) => replayLanguage(trace, view));
  const columns = aligned(a.trace, b.trace);
  const both = columns.filter((column) => column.a >= 0 && column.b >= 0);
  return {
    a,
    b,
    before,
    after,
    columns,
    rerouted: both.filter((column) => before.rho[column.a] !== after.rho[column.b]),
    rechosen: both.filter((c) => greedy(a, before, c.a).word !== greedy(b, after, c.b).word),
    nats: [before, after].map(({ probs }) => -sumOf(probs.map(Math.log)) / probs.length) as [number, number],
  };
}

/** The same answer needs no search. */
function aligned(one: LanguageTrace, other: LanguageTrace): Column[] {
  const [a, b] = [one.payload.tokens, other.payload.tokens];
  return a.join('\n') === b.join('\n') ? a.map((_, t) => ({ a: t, b: t, change: 'same' })) : align(a, b);
}

/** What would be written at a token under a view. */
export const greedy = ({ trace }: LanguageSide, { rho }: LanguageOutcome, t: number): Candidate =>
  chosen(trace, t, rho[t]);

const PARTS: [string, (side: LanguageSide) => string][] = [
  ['another question', ({ trace }) => trace.payload.prompt],
  ['another passage', ({ trace }) => trace.payload.passage],
  ['another language model', ({ trace }) => trace.payload.model],
  ['another gate', ({ trace }) => trace.payload.gate],
  ['another temperature', ({ trace }) => String(trace.payload.temperature)],
  ['another answer', ({ trace }) => trace.payload.given.join()],
  ['another reading rule', ({ view }) => view.policy],
];

/** What B has that A has not, in words; empty where there is nothing. */
export function differences({ a, b }: LanguagePair): string[] {
  const found = PARTS.filter(([, part]) => part(a) !== part(b)).map(([words]) => words);
  const flips = ({ view }: LanguageSide) => [...view.overrides].sort(([s], [t]) => s - t).join();
  if (usesTheta(a.view) && usesTheta(b.view) && a.view.theta !== b.view.theta)
    found.push(`θ = ${thetaText(b.view.theta)} for ${thetaText(a.view.theta)}`);
  if (flips(a) !== flips(b)) found.push('other flips');
  return found;
}

const natsWords = (nats: number) => `${nats.toFixed(2)} nats per token (perplexity ${Math.exp(nats).toFixed(1)})`;

/** The differences, the tokens that change their route, and how likely each answer is. */
export function languagePairSentence(pair: LanguagePair): string {
  const { nats, rerouted, rechosen, before, after, a, b } = pair;
  const found = differences(pair);
  const change = nats[1] - nats[0];
  const reads = (rho: Float64Array) => rho.filter((weight) => weight > 0).length;
  const size =
    Math.abs(change) < 0.005 ? 'as likely' : `${signed(change)} nats, ${change < 0 ? 'likelier' : 'less likely'}`;
  const words = [
    found.length ? `B has ${found.join(', ')}.` : 'A and B are the same view.',
    `Tokens that read: ${reads(before.rho)} of ${a.trace.T} in A, ${reads(after.rho)} of ${b.trace.T} in B; ` +
      `${count(rerouted.length, 'shared token')} ${rerouted.length === 1 ? 'goes' : 'go'} another way.`,
    `A gives its answer ${natsWords(nats[0])}, B ${natsWords(nats[1])}: ${size}.`,
  ];
  if (a.trace.payload.given.join() !== b.trace.payload.given.join())
    words.push('The answers differ, so each figure is of its own answer.');
  if (rechosen.length) {
    const [first] = rechosen;
    const said = (side: LanguageSide, outcome: LanguageOutcome, t: number) =>
      `“${clip(shown(greedy(side, outcome, t).word))}”`;
    words.push(
      `The likeliest word differs at ${count(rechosen.length, 'shared token')}, first at ` +
        `“${clip(plainToken(a.trace.payload.tokens[first.a]))}”: ${said(a, before, first.a)} in A, ` +
        `${said(b, after, first.b)} in B.`,
    );
  }
  return words.join(' ');
}

/** One row for each column of the two answers. */
export function languagePairTable(pair: LanguagePair): Table {
  const { a, b, before, after, columns } = pair;
  const [rerouted, rechosen] = [new Set(pair.rerouted), new Set(pair.rechosen)];
  const of = (side: LanguageSide, outcome: LanguageOutcome, t: number) =>
    t < 0
      ? [null, null, null, null, null]
      : [
          side.trace.payload.tokens[t],
          side.trace.reading[t],
          outcome.rho[t],
          outcome.probs[t],
          greedy(side, outcome, t).word,
        ];
  const names = (end: string) => ['token', 'gate', 'rho', 'prob', 'greedy'].map((name) => `${name}_${end}`);
  return {
    columns: ['change', ...names('a'), ...names('b'), 'rerouted', 'other_greedy_choice'],
    rows: columns.map((column) => [
      column.change,
      ...of(a, before, column.a),
      ...of(b, after, column.b),
      rerouted.has(column),
      rechosen.has(column),
    ]),
  };
}
