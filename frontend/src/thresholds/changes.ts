/** Two thresholds: how many rows change, and which. */
import { clip, grouped, percent } from '../core/format';
import { type ChangeKind, type Changes, changesOf } from '../core/rows/measure';
import { type Rows, answerName, confidenceIn, readIn, scoreOf } from '../core/rows/rows';
import { button, check, finder, make, radio, setText } from '../ui/dom';
import { rovingRow } from '../ui/roving';
import { textTable } from './tables';

const KINDS: ChangeKind[] = ['worse', 'better', 'other'];
const WORDS: Record<ChangeKind, string> = {
  worse: 'right → wrong',
  better: 'wrong → right',
  other: 'both wrong, different answer',
};
const GRADED_WORDS: Record<ChangeKind, string> = {
  worse: 'worse',
  better: 'better',
  other: 'as good, different answer',
};
const PAGE = 25;
const SUREST = 0.9999; // stored probabilities are rounded: what became 1 need not have been

interface Options {
  /** Ask for texts of rows that the server has. */
  askTexts: (ids: string[]) => void;
  /** null in a file, which has no Inspect. */
  open: ((id: string) => void) | null;
}

export interface ChangesPanel {
  show(rows: Rows, before: Int32Array, after: Int32Array): void;
  /** Nothing can be compared. */
  clear(): void;
  /** Texts have come. */
  redraw(): void;
}

export function changesPanel(root: HTMLElement, { askTexts, open }: Options): ChangesPanel {
  const part = finder(root, 'th');
  let rows: Rows | null = null;
  let last: Rows | null = null; // whose kind was chosen
  let changes: Changes;
  let kind: ChangeKind = 'worse';
  let shown = PAGE;
  let states: [Int32Array, Int32Array];

  const paint = () => {
    if (!rows) return;
    const words = rows.scores ? GRADED_WORDS : WORDS;
    const buttons = KINDS.map((name) => {
      const choose = () => {
        kind = name;
        shown = PAGE;
        paint();
      };
      const node = radio('th-kind', `${words[name]}: ${grouped(changes[name].length)}`, choose);
      node.dataset.kind = name;
      return node;
    });
    check(buttons, (_, i) => KINDS[i] === kind);
    const box = part('kinds');
    box.replaceChildren(...buttons, make('span', 'th-hint', `same answer: ${grouped(changes.same)}`));
    rovingRow(box, buttons);
    const all = changes[kind];
    const list = all.slice(0, shown);
    const table = list.length
      ? changedTable(rows, list, states, open)
      : make('p', 'th-hint', 'No row changes like this.');
    part('changed').replaceChildren(table);
    part('more').hidden = shown >= all.length;
    setText(part('more'), `Show ${Math.min(PAGE, all.length - shown)} more of ${grouped(all.length)}`);
    const { ids, texts, atHand } = rows;
    const missing = atHand ? list.map((r) => ids[r]).filter((id) => !(id in texts)) : [];
    if (missing.length) askTexts(missing);
  };

  part('more').addEventListener('click', () => {
    shown += PAGE;
    paint();
  });
  return {
    show(next, before, after) {
      if (last !== next) kind = 'worse';
      last = rows = next;
      shown = PAGE;
      states = [before, after];
      changes = changesOf(rows, before, after);
      paint();
    },
    clear() {
      rows = null;
      part('kinds').replaceChildren();
      part('changed').replaceChildren();
      part('more').hidden = true;
    },
    redraw: paint,
  };
}

function changedTable(
  rows: Rows,
  list: number[],
  [before, after]: [Int32Array, Int32Array],
  open: Options['open'],
): HTMLElement {
  const texts = list.some((r) => rows.ids[r] in rows.texts);
  const opens = texts ? open : null;
  const head = [
    'row',
    ...(opens ? [''] : []),
    ...(texts ? ['text'] : []),
    'tokens',
    ...(rows.spans ? [] : ['label']),
    'answer at θ₁',
    'answer at θ₂',
    'tokens that read',
  ];
  const lines = list.map((r) => {
    const id = rows.ids[r];
    const text = id in rows.texts ? rows.texts[id] : null;
    const read = (states: Int32Array) => readIn(rows, r, states[r]);
    return {
      cells: [
        id || `row ${r + 1}`,
        ...(opens ? [text && !text.missing ? openButton(id, opens) : ''] : []),
        ...(texts ? [text ? clip(text.x, 160) : ''] : []),
        String(rows.lengths[r]),
        ...(rows.spans ? [] : [rows.labels[rows.right[r]]]),
        answerText(rows, before[r]),
        answerText(rows, after[r]),
        `${read(before)} → ${read(after)}`,
      ],
    };
  });
  return textTable(head, lines, 'Rows that change');
}

/** Why rows are shown without their texts, or where these come from. */
export function textsNote({ texts, atHand }: Rows, saved: boolean): string {
  if (saved || (Object.keys(texts).length && !atHand)) return '';
  return atHand
    ? 'The texts are read from the data folder this server was started with.'
    : 'Texts aren’t included. Start the app with “serve --data FOLDER” to see them and to open rows in Inspect.';
}

function openButton(id: string, open: (id: string) => void): HTMLElement {
  const node = button('th-small', 'Open in Inspect');
  node.addEventListener('click', () => open(id));
  return node;
}

/** What is answered in a state, and how sure it is; of a span also its grade. */
function answerText(rows: Rows, state: number): string {
  const grade = rows.spans ? `${(100 * scoreOf(rows, 0, state)).toFixed(0)}, ` : '';
  return `${answerName(rows, state)} (${grade}${percent(Math.min(SUREST, confidenceIn(rows, state)))} sure)`;
}
