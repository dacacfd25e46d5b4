/** Each answer's probability in A and in B, and the difference in percentage points. */
import { clip, percent, points } from '../core/format';
import { type NamedAnswer, type Pair, answerOf, answersOf } from '../core/pair';
import { breakableWords, find, make } from '../ui/dom';

const MOST_SHOWN = 6;

export function answerTable(root: HTMLElement): { paint(pair: Pair): void } {
  const body = find(root, '.cmp-answers tbody');
  return {
    paint(pair) {
      const likelihood = ({ a, b }: NamedAnswer) => Math.max(a || 0, b || 0);
      const all = answersOf(pair);
      const likeliest = [...all].sort((x, y) => likelihood(y) - likelihood(x)).slice(0, MOST_SHOWN);
      const answers = [answerOf(pair.a, pair.before), answerOf(pair.b, pair.after)];
      const rows = all.filter((row) => likeliest.includes(row)).map((row) => answerRow(row, answers));
      body.replaceChildren(...(all.length ? rows : [textRow(answers)]));
    },
  };
}

/** answers: of A and of B. */
function answerRow({ name, a, b }: NamedAnswer, answers: (string | null)[]): HTMLElement {
  const node = make('tr');
  const th = make('th');
  th.append(...breakableWords(clip(name, 40)));
  th.scope = 'row';
  th.title = name;
  const cells = [a, b].map((share, side) => answerCell(share, answers[side] === name, 'ab'[side]));
  node.append(th, ...cells, make('td', `cmp-change ${b - a < 0 ? 'down' : 'up'}`, points(b - a)));
  return node;
}

function answerCell(share: number, best: boolean, side: string): HTMLElement {
  const td = make('td', `cmp-prob ${side}${best ? ' best' : ''}`);
  const bar = make('i');
  bar.style.transform = `scaleX(${(share || 0).toFixed(4)})`;
  const words = Number.isNaN(share) ? 'no such answer' : percent(share);
  td.append(bar, make('span', '', words));
  return td;
}

function textRow([a, b]: (string | null)[]): HTMLElement {
  const node = make('tr');
  const texts = [a, b].map((text) => make('td', 'cmp-text', text ?? '…'));
  node.append(make('th', '', 'the text'), ...texts, make('td', '', a === b ? 'the same' : 'changed'));
  return node;
}
