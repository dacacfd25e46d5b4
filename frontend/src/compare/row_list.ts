/** The rows as a table: which is A, which is B, what each is and where it comes from. */
import { clip, percent } from '../core/format';
import { answerOf, outcomeOf, probabilityOf } from '../core/pair';
import { button, find, make, press, setText } from '../ui/dom';
import { type Row, lineage, viewWords } from './rows';

export type SideName = 'a' | 'b';
export const SIDES: SideName[] = ['a', 'b'];

/** The ids of the rows that are A and B. */
export type ChosenRows = Record<SideName, string>;

interface Actions {
  /** A checkpoint by its title, where it has one. */
  titleOf: (checkpoint: string) => string;
  onChoose: (side: SideName, id: string) => void;
  onOpen: (row: Row) => void;
  onRemove: (row: Row) => void;
}

interface Line {
  row: Row;
  node: HTMLElement;
  marks: Record<SideName, HTMLElement>;
  decision: HTMLElement;
  answer: HTMLElement;
  from: HTMLElement;
  /** What was painted last. */
  state: string;
}

export interface RowList {
  build(rows: Row[]): void;
  paint(chosen: ChosenRows): void;
}

export function rowList(root: HTMLElement, actions: Actions): RowList {
  const body = find(root, '.cmp-rows tbody');
  let lines: Line[] = [];
  return {
    build(rows) {
      lines = rows.map((row) => lineOf(row, actions));
      body.replaceChildren(...lines.map(({ node }) => node));
    },
    paint(chosen) {
      for (const line of lines) {
        for (const side of SIDES) {
          press(line.marks[side], chosen[side] === line.row.id);
          line.node.classList.toggle(`is-${side}`, chosen[side] === line.row.id);
        }
        paintLine(line);
      }
    },
  };
}

function paintLine(line: Line): void {
  const { row, decision, answer, from } = line;
  const { policy, theta, overrides, ignored } = row.view;
  const view = [policy, theta, [...overrides].join(';'), [...ignored].join()].join(' ');
  const state = [row.kind, row.trace.key, row.trace.written?.text, view].join('\n');
  if (line.state === state) return; // while θ is dragged one row alone changes
  line.state = state;
  const outcome = outcomeOf(row);
  const words = answerOf(row, outcome);
  const probability = row.trace.answers ? ` ${percent(probabilityOf(row, outcome))}` : '';
  setText(decision, viewWords(row));
  setText(answer, words === null ? '…' : clip(words, 40) + probability);
  setText(from, lineage(row) + (row.kind === 'draft' ? ' (being edited)' : ''));
}

function lineOf(row: Row, { titleOf, onChoose, onOpen, onRemove }: Actions): Line {
  const node = make('tr');
  const mark = (side: SideName) => {
    const letter = side.toUpperCase();
    const choose = button(`cmp-choose ${side}`, letter);
    choose.setAttribute('aria-label', `Take ${row.name} as ${letter}`);
    choose.addEventListener('click', () => onChoose(side, row.id));
    return choose;
  };
  const marks = { a: mark('a'), b: mark('b') };
  const cells = SIDES.map((side) => {
    const cell = make('td', 'cmp-mark');
    cell.append(marks[side]);
    return cell;
  });
  const name = make('th', '', row.name);
  name.scope = 'row';
  const input = make('td', 'cmp-input');
  input.append(make('small', '', titleOf(row.trace.checkpoint)), make('span', '', clip(row.trace.x, 60)));
  input.title = row.trace.x;
  const decision = make('td');
  const answer = make('td', 'cmp-answer');
  const from = make('td', 'cmp-from');
  const actions = make('td', 'cmp-actions');
  actions.append(actionButton('Open in Inspect', row, onOpen));
  if (row.kind === 'kept' || row.kind === 'draft') actions.append(actionButton('Remove', row, onRemove));
  node.append(...cells, name, input, decision, answer, from, actions);
  return { row, node, marks, decision, answer, from, state: '' };
}

function actionButton(word: string, row: Row, act: (row: Row) => void): HTMLElement {
  const node = button('cmp-action', word);
  node.setAttribute('aria-label', `${word}: ${row.name}`);
  node.addEventListener('click', () => act(row));
  return node;
}
