/** The one sentence of the first window, with the answers as parts of their own. */
import { clip, count, percent } from './format';
import { answerOf } from './pair';
import { type Outcome, type View, idleFlips } from './replay';
import { answerWords } from './sentence';
import type { Trace } from './trace';
import { type Word, wordReads } from './words';

/** An answer with its probability; `own`: the model's under this route. */
export interface AnswerPart {
  answer: string;
  share: string;
  own: boolean;
}

export type HeadlinePart = string | AnswerPart;

const MOST_NAMED = 2; // words that read are named up to this many

/** alone, always: the outcomes of the direct flow alone and of reading always; failed: a text could not be rewritten. */
export function headline(
  trace: Trace,
  view: View,
  outcome: Outcome,
  alone: Outcome,
  always: Outcome,
  words: Word[],
  failed = false,
): HeadlinePart[] {
  const readers = words.filter((word) => wordReads(outcome, word));
  const parts: HeadlinePart[] = [readingWords(trace, view, readers, words.length)];
  if (trace.answers) parts.push(...answers(trace, outcome, alone, always, readers.length));
  else parts.push(...texts(trace, view, outcome, failed));
  if (view.overrides.size) parts.push(flippedPart(trace, view, words));
  if (outcome.tie) parts.push('The two best answers are closer than rounding can tell apart.');
  return parts;
}

/** “looked at the picture”, “read the description”. */
const did = ({ contextKind, hName }: Trace): string =>
  contextKind === 'image' ? `looked at the ${hName}` : `read the ${hName}`;

const without = ({ contextKind, hName }: Trace): string =>
  contextKind === 'image' ? 'Without looking:' : `Without the ${hName}:`;

function readingWords(trace: Trace, view: View, readers: Word[], all: number): string {
  if (!trace.S) return `There is no ${trace.hName}, so nothing could be read.`;
  const partly = view.policy === 'soft' || view.policy === 'weighted_threshold' ? ', each in part' : '';
  if (!readers.length) return `No word ${did(trace)}.`;
  if (readers.length === all) return `Every word ${did(trace)}${partly}.`;
  const names = readers.map(({ text }) => `“${clip(text)}”`).join(' and ');
  if (readers.length <= MOST_NAMED) return `Only ${names} ${did(trace)}${partly}.`;
  return `${readers.length} of ${all} words ${did(trace)}${partly}.`;
}

const answerPart = (trace: Trace, outcome: Outcome, own = false): AnswerPart => ({
  answer: clip(answerWords(trace, outcome.best), 60),
  share: percent(trace.probOf(outcome, outcome.best)),
  own,
});

function answers(trace: Trace, outcome: Outcome, alone: Outcome, always: Outcome, readers: number): HeadlinePart[] {
  const parts: HeadlinePart[] = ['The model says', answerPart(trace, outcome, true)];
  if (!trace.S) return parts;
  if (readers) parts.push(without(trace), answerPart(trace, alone));
  if (!readers || (always.best !== outcome.best && alone.best === outcome.best))
    parts.push('With full context:', answerPart(trace, always));
  return parts;
}

function texts(trace: Trace, view: View, outcome: Outcome, failed: boolean): HeadlinePart[] {
  if (!trace.written) return [];
  const text = answerOf({ trace, view: { ignored: new Set(), ...view } }, outcome);
  if (text === null) return [failed ? 'The text was not rewritten for this routing.' : 'Rewriting …'];
  const alone = trace.written.alternatives.direct;
  const parts: HeadlinePart[] = ['The model writes', { answer: `“${text}”`, share: '', own: true }];
  if (alone == null || !trace.S) return parts;
  if (alone === text) return [...parts, `${without(trace)} the same.`];
  return [...parts, without(trace), { answer: `“${alone}”`, share: '', own: false }];
}

function flippedPart(trace: Trace, view: View, words: Word[]): string {
  const flipped = [...view.overrides.keys()];
  const idle = idleFlips(trace, view);
  const holds = ({ from, to }: Word, tokens: number[]) => tokens.some((t) => t >= from && t < to);
  const touched = words.filter((word) => holds(word, flipped));
  const working = flipped.filter((t) => !idle.includes(t));
  const without = touched.filter((word) => !holds(word, working)).length;
  const all = without === touched.length ? '' : `${without} `;
  return `(${count(touched.length, 'word')} flipped${without ? `, ${all}without effect` : ''})`;
}

/** Whether the answer is right; null where nobody said what is. */
export function isRight(trace: Trace, outcome: Outcome): boolean | null {
  const { right } = trace;
  if (!right?.length) return null;
  const answer = trace.answers ? trace.nameOf(outcome.best) : (trace.written?.text ?? '');
  return right.some((name) => name.toLowerCase() === answer.toLowerCase());
}
