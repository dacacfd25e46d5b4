/** What stands in the rows of the two track sets and of their difference. */
import { clip } from '../core/format';
import { type Pair, explainedAnswers } from '../core/pair';
import type { Trace } from '../core/trace';
import { header } from '../ui/bars';
import type { SideName } from './row_list';

export interface TrackName {
  /** `a gate`, `b flow`, `change`, …: the first letter is the side. */
  key: string;
  kind: 'token' | 'gate' | 'flow' | 'adds' | 'change';
  title: string;
  help: string;
}

/** Heights where tokens are columns, and widths where they are rows. */
export const HEIGHTS = { token: 'var(--first)', gate: '40px', flow: '24px', adds: '48px', change: '56px' };
export const WIDTHS = { token: 'minmax(0, 5.2em)', gate: '.8fr', flow: '26px', adds: '1fr', change: '1fr' };

/** Rows of contributions that a trace has, and that a pair has a difference of. */
export const partCount = ({ readout }: Trace): number => ({ classification: 1, span: 2, generation: 0 })[readout];
export const changeCount = ({ a, b }: Pair): number => (a.trace.readout === b.trace.readout ? partCount(a.trace) : 0);

export function trackNames(pair: Pair): TrackName[] {
  const answers = explainedAnswers(pair);
  return [
    { key: 'token', kind: 'token', title: 'token', help: 'click a word for its numbers' },
    ...sideNames('a', pair.a.trace, answers.a),
    ...sideNames('b', pair.b.trace, answers.b),
    ...changeNames(changeCount(pair)),
  ];
}

function sideNames(side: SideName, trace: Trace, answer: number): TrackName[] {
  const letter = side.toUpperCase();
  const n = partCount(trace);
  const sum = (k: number) => (n > 1 ? ['to start', 'to end'][k] : `adds to ${clip(trace.nameOf(answer), 24)}`);
  return [
    {
      key: `${side} gate`,
      kind: 'gate',
      title: `${letter} gate`,
      help: 'how much the router wants this token to read; the line is θ',
    },
    {
      key: `${side} flow`,
      kind: 'flow',
      title: `${letter} flow${side === 'b' ? ' ⇄' : ''}`,
      help: side === 'b' ? 'click to send the token the other way' : 'the way each token goes',
    },
    ...Array.from({ length: n }, (_, k): TrackName => ({
      key: `${side} adds`,
      kind: 'adds',
      title: `${letter} ${sum(k)}`,
      help: 'exact contribution: left bar by itself, right bar from what it read',
    })),
  ];
}

const changeNames = (n: number): TrackName[] =>
  Array.from({ length: n }, (_, k) => ({
    key: 'change',
    kind: 'change',
    title: `B − A${n > 1 ? [' start', ' end'][k] : ''}`,
    help: 'difference of the two contributions, on the same scale',
  }));

export function gridHeader(names: TrackName[]): HTMLElement {
  const node = header(names.map(({ title, help }) => [title, help]));
  names.forEach(({ key }, i) => ((node.children[i] as HTMLElement).dataset.side = key[0]));
  return node;
}
