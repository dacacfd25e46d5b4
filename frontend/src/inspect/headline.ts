/** The sentence at display size: answers as pills, and whether the model is right where somebody said what is. */
import { type HeadlinePart, headline, isRight } from '../core/headline';
import { clip } from '../core/format';
import { make } from '../ui/dom';
import type { Word } from '../core/words';
import type { Screen } from './screen';

export function headlinePainter(box: HTMLElement): { paint(screen: Screen, words: Word[]): void } {
  let painted = '';
  return {
    paint({ trace, view, outcome, alone, always, failed }, words) {
      const parts = headline(trace, view, outcome, alone, always, words, failed);
      const right = isRight(trace, outcome);
      const state = JSON.stringify([parts, right]);
      if (state === painted) return;
      painted = state;
      const verdict = right === null ? [] : [' ', mark(right, trace.right?.[0] ?? '')];
      box.replaceChildren(
        ...clauses(parts).map((clause) => {
          const line = make('span', 'dr-clause');
          line.append(...clause.flatMap((part, k) => [k ? ' ' : '', node(part), ...(isOwn(part) ? verdict : [])]));
          return line;
        }),
      );
    },
  };
}

/** One line says what the model did, the next what it would have done. */
function clauses(parts: HeadlinePart[]): HeadlinePart[][] {
  const after = parts.findIndex(isOwn) + 1 || parts.length;
  return [parts.slice(0, after), parts.slice(after)].filter(({ length }) => length);
}

const isOwn = (part: HeadlinePart): boolean => typeof part !== 'string' && part.own;

function node(part: HeadlinePart): Node | string {
  if (typeof part === 'string') return part;
  const pill = make('span', part.own ? 'dr-pill own' : 'dr-pill');
  pill.append(make('b', '', part.answer));
  if (part.share) pill.append(make('small', '', ` ${part.share}`));
  return pill;
}

function mark(right: boolean, answer: string): HTMLElement {
  return make(
    'span',
    `dr-mark ${right ? 'right' : 'wrong'}`,
    right ? '✓ right' : `✗ wrong (right: ${clip(answer, 40)})`,
  );
}
