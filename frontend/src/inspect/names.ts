/** What the rows of the tracks are called: [name, explanation]. */
import { clip, plainToken } from '../core/format';
import type { Trace } from '../core/trace';

export type RowName = [name: string, help: string];

const PUSHED_ANSWER: RowName = [
  'effect on answer (estimate)',
  'attribution: words that moved the prediction up or down',
];
const PUSHED_TEXT: RowName = [
  'effect on text (estimate)',
  'attribution: words that made the written text likelier (up) or less likely',
];
const OPENED: RowName = [
  'effect on reading (estimate)',
  'attribution, against an empty input: up = this word makes the text read more',
];

const BARS = 'left bar by itself, right bar from what it read';

const READOUT_ROWS: Record<Trace['readout'], (label?: string | null) => RowName[]> = {
  classification: (label) => [
    [`adds to ${clip(label ?? 'the answer', 30)}`, `exact contribution: ${BARS}`],
    PUSHED_ANSWER,
    OPENED,
  ],
  span: () => [
    ['score to start', `exact score to be the answer’s first word: ${BARS}`],
    ['score to end', `exact score to be the answer’s last word: ${BARS}`],
    PUSHED_ANSWER,
    OPENED,
  ],
  generation: () => [
    ['looked at', 'how much of its looking the written piece gave to this token'],
    PUSHED_TEXT,
    OPENED,
  ],
};

/** The rows under the tokens of x. label: the answer that they are shown to add to. */
export const tokenRowNames = (trace: Trace, label?: string | null): RowName[] => [
  ['token', 'click a word to see what it reads'],
  ['gate: wants to read', `how much the router wants this token to read the ${trace.hName}; the line is θ`],
  ['flow ⇄', 'click to send the token the other way'],
  ...READOUT_ROWS[trace.readout](label),
];

const READ_HELP = 'how much was read here: the attention of those that read, by how much each counts in the answer';

/** The rows under the tokens of the context. token: the one that reads, if one is selected. */
export const contextRowNames = (trace: Trace, label?: string | null, token?: string | null): RowName[] => [
  [trace.contextKind === 'items' ? 'item' : 'token', `the ${trace.hName}, one by one`],
  [token == null ? 'was read' : `read by ${clip(plainToken(token), 10)}`, READ_HELP],
  ...(trace.answers
    ? [[addsTo(trace, label, token), 'exact contribution through all tokens that read it'] as RowName]
    : []),
  PUSHED_ANSWER,
  OPENED,
];

export function addsTo(trace: Trace, label?: string | null, token?: string | null): string {
  if (trace.readout !== 'span') return `adds to ${clip(label ?? 'the answer', 30)}`;
  return token == null ? 'adds to the answer' : 'adds to its scores';
}
