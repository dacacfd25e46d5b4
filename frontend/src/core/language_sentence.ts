/** What the tab "Language model" says in words: the sentence at display size, how sure one can be, and what it cost. */
import type { WritingPayload } from '../contracts';
import { clip, count, grouped, percent, plainToken } from './format';
import type { HeadlinePart } from './headline';
import {
  type LanguageOutcome,
  type LanguageTrace,
  chosen,
  isWord,
  perplexityOf,
  wordCount,
  wordsThatRead,
} from './language';
import type { View } from './replay';

/** What is known beside the answer's own numbers. */
export interface Around {
  /** Whether the model wrote the answer; else a visitor gave it. */
  written: boolean;
  /** What each flow alone writes; null while nobody knows. */
  direct: WritingPayload | null;
  merged: WritingPayload | null;
  running: boolean;
}

const MOST_NAMED = 4;
const LONGEST = 160; // characters of the text without the passage
const MUCH = 1.05; // times likelier, from which on a change is told

/** change: the first token that the setting on screen changes; −1 for none. */
export function languageHeadline(
  trace: LanguageTrace,
  view: View,
  outcome: LanguageOutcome,
  around: Around,
  change: number,
): HeadlinePart[] {
  const knew = around.written && change < 0;
  return [
    readingWords(trace, view, outcome, knew),
    ...(around.written ? withoutIt(trace, around) : likelier(trace, outcome)),
  ];
}

/** knew: whether the model itself writes this text under this setting. */
export function readingWords(trace: LanguageTrace, { policy }: View, { rho }: LanguageOutcome, knew: boolean): string {
  const readers = wordsThatRead(trace, rho);
  const all = wordCount(trace);
  const partly = policy === 'soft' || policy === 'weighted_threshold' ? ', each in part' : '';
  if (!readers.length) return `No word ${knew ? 'read the passage: the model knew all of it' : 'reads the passage'}.`;
  if (readers.length === all) return `Every word read the passage${partly}.`;
  const names = readers.length <= MOST_NAMED ? `: ${readers.map(({ text }) => `“${clip(text)}”`).join(', ')}` : '';
  return `${readers.length} of ${all} words read the passage${partly}${names}.`;
}

/** What the model would write instead under the setting on screen. */
export function changeWords(trace: LanguageTrace, { rho }: LanguageOutcome, t: number): string {
  const word = Math.max(1, trace.words.filter((one) => isWord(one) && one.from <= t).length);
  const [next, now] = [chosen(trace, t, rho[t]).word, trace.payload.tokens[t]].map((one) =>
    clip(shown(plainToken(one))),
  );
  return next === now
    ? `With this setting the text changes at word ${word}.`
    : `With this setting the model would write “${next}” instead of “${now}” at word ${word}, and go on from there.`;
}

const SPECIAL = /^(<\|.+\|>|<\/s>|<eos>|<end_of_turn>)$/; // what ends a text in the vocabularies at hand

/** A word of the vocabulary without the space before it, and what ends a text in words. */
export const shown = (word: string): string => (SPECIAL.test(word) ? 'end of text' : word.replace(/^ (?=\S)/, ''));

function withoutIt(trace: LanguageTrace, { direct, running }: Around): HeadlinePart[] {
  if (!direct) return running ? ['Without the passage: …'] : [];
  const text = direct.text.trim();
  if (!direct.stop && running)
    return ['Without the passage:', { answer: `${clip(text, LONGEST)} …`, share: '', own: false }];
  if (text === trace.payload.answer.trim()) return ['Without the passage it would have written the same.'];
  const answer = text ? clip(text, LONGEST) : 'nothing';
  return ['Without the passage it would have written', { answer, share: '', own: false }];
}

/** How much likelier reading makes an answer that somebody gave. */
function likelier(trace: LanguageTrace, { perplexity }: LanguageOutcome): HeadlinePart[] {
  const times = perplexityOf(trace.direct) / perplexity;
  if (times > 1 / MUCH && times < MUCH) return ['The passage makes this answer neither likelier nor less likely.'];
  const words = times >= 1 ? 'likelier' : 'less likely';
  return [`Read like this, the passage makes each token ${numberWords(Math.max(times, 1 / times))} times ${words}.`];
}

export const numberWords = (value: number): string =>
  value >= 1000 ? grouped(Math.round(value)) : value >= 20 ? String(Math.round(value)) : value.toFixed(1);

/** How sure one can be: perplexities, and the least likely word. */
export function sureWords(trace: LanguageTrace, outcome: LanguageOutcome): string {
  const [alone, always] = [trace.direct, trace.merged].map(perplexityOf);
  const words = trace.words.filter(isWord);
  const chance = (from: number, to: number) => {
    let product = 1;
    for (let t = from; t < to; t++) product *= outcome.probs[t];
    return product;
  };
  const chances = words.map(({ from, to }) => chance(from, to));
  const least = chances.indexOf(Math.min(...chances));
  const unsure = words.length ? ` Least sure: “${clip(words[least].text)}”, ${percent(chances[least])}.` : '';
  return (
    `Perplexity (1 is certain): ${numberWords(outcome.perplexity)} as routed, ` +
    `${numberWords(alone)} without the passage, ${numberWords(always)} always reading.${unsure}`
  );
}

/** What a text took, and what routing saved. */
export function costWords(routed: WritingPayload, full: boolean): string {
  const { direct, merged, bothFlows, seconds } = routed.costs;
  const n = routed.tokens.length;
  const pace =
    seconds > 0 ? `${count(n, 'token')} in ${seconds.toFixed(1)} s, ${(n / seconds).toFixed(1)} a second. ` : '';
  const took = `${grouped(direct + merged)} tokens went through the model`;
  if (full) return `${pace}${took}: this gate compares both flows at every token, so reading less saves nothing.`;
  if (!merged)
    return `${pace}${took}: no token asked for the passage, so it was never encoded (both flows: ${grouped(bothFlows)}).`;
  return `${pace}${took}, both flows at every token would have taken ${grouped(bothFlows)}; what is saved are passages that no token asks for.`;
}
