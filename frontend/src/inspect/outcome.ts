/** Three predictions side by side, and the prediction at every θ. */
import { predictionsOverTheta } from '../core/breakpoints';
import { grouped, percent } from '../core/format';
import { type Outcome, type View, replay } from '../core/replay';
import type { Trace } from '../core/trace';
import { breakableWords, button, find, make, press, setText } from '../ui/dom';
import { segment, tick } from '../ui/theta_band';

const STRIP_COLORS = 6;

interface Cell {
  td: HTMLElement;
  bar: HTMLElement;
  text: HTMLElement;
}

interface Row {
  node: HTMLElement;
  cells: Cell[];
}

interface AnswerRow extends Row {
  c: number;
  name: HTMLElement;
}

export interface OutcomeTable {
  build(trace: Trace): void;
  /** outcomes: as routed, direct alone, merged always; label: the answer that is explained. */
  paint(outcomes: Outcome[], label: number): void;
}

export function outcomeTable(root: HTMLElement, onLabel: (c: number) => void): OutcomeTable {
  const body = find(root, '.dr-outcome tbody');
  const head = find(root, '.dr-outcome thead tr');
  let trace: Trace;
  let rows: AnswerRow[] = [];
  let rest: Row | null = null;
  const show = (labels: number[]) => {
    rows = labels.map((c) => answerRow(trace, c, onLabel));
    const others = trace.count - labels.length;
    rest = others > 0 ? rowOf(make('span', 'dr-rest', `${grouped(others)} others`)) : null;
    body.replaceChildren(...rows.map(({ node }) => node), ...(rest ? [rest.node] : []));
  };
  return {
    build(next) {
      trace = next;
      rows = [];
      head.replaceChildren(
        make('th'),
        heading('As routed', 'at this setting'),
        heading('Without context', `${trace.xName} only`),
        heading('Full context', 'every word reads'),
      );
    },
    paint(outcomes, label) {
      const needed = [label, ...outcomes.map(({ best }) => best)];
      if (!rows.length || !needed.every((c) => rows.some((row) => row.c === c))) show(trace.choose(outcomes, needed));
      const left = outcomes.map(() => 1);
      for (const row of rows) {
        press(row.name, row.c === label);
        outcomes.forEach((outcome, i) => {
          const probability = trace.probOf(outcome, row.c);
          paintCell(row.cells[i], probability, outcome.best === row.c);
          left[i] -= probability;
        });
      }
      rest?.cells.forEach((cell, i) => paintCell(cell, Math.max(0, left[i]), false));
    },
  };
}

function heading(title: string, detail: string): HTMLElement {
  const th = make('th');
  th.scope = 'col';
  th.append(make('span', '', title), make('small', '', detail));
  return th;
}

function answerRow(trace: Trace, c: number, onLabel: (c: number) => void): AnswerRow {
  const name = button('dr-label');
  name.append(...breakableWords(trace.nameOf(c)));
  name.title = `Explain ${trace.nameOf(c)}: show every token's contribution to it`;
  name.addEventListener('click', () => onLabel(c));
  return { ...rowOf(name), c, name };
}

function rowOf(caption: HTMLElement): Row {
  const node = make('tr');
  const th = make('th');
  th.scope = 'row';
  th.append(caption);
  const cells = Array.from({ length: 3 }, () => {
    const cell = { td: make('td'), bar: make('i'), text: make('span') };
    cell.td.append(cell.bar, cell.text);
    return cell;
  });
  node.append(th, ...cells.map(({ td }) => td));
  return { node, cells };
}

function paintCell({ td, bar, text }: Cell, probability: number, best: boolean): void {
  bar.style.transform = `scaleX(${probability.toFixed(4)})`;
  setText(text, percent(probability));
  td.classList.toggle('best', best);
}

export interface ThetaStrip {
  paint(trace: Trace, view: View, active: boolean): void;
  /** The slider's handle stands at θ: a name that it would cover gives way. */
  giveWay(theta: number): void;
}

const COVERED = 0.12; // of the strip: so near to a name's beginning the handle covers it

/** The strip under the slider: the label predicted in every stretch of θ, and a tick at every token's gate. */
export function thetaStrip(root: HTMLElement): ThetaStrip {
  const strip = find(root, '.dr-strip');
  const ticks = find(root, '.dr-ticks');
  let stretches: { from: number; to: number; node: HTMLElement }[] = [];
  return {
    giveWay(theta) {
      for (const { from, to, node } of stretches) {
        const covered = theta >= from && theta < from + COVERED && to - theta > COVERED;
        const room = covered ? `calc(${(100 * (theta - from)).toFixed(2)}% + 14px)` : '';
        if (node.style.paddingLeft !== room) node.style.paddingLeft = room;
      }
    },
    paint(trace, view, active) {
      strip.classList.toggle('off', !active);
      strip.hidden = !trace.answers;
      const spans = !trace.answers
        ? []
        : active
          ? predictionsOverTheta(trace, view)
          : [{ from: 0, to: 1, label: replay(trace, view).best }];
      stretches = spans.map(({ from, to, label }) => ({
        from,
        to,
        node: segment(trace.nameOf(label), label % STRIP_COLORS, from, to),
      }));
      strip.replaceChildren(...stretches.map(({ node }) => node));
      const words = spans.map(
        ({ from, to, label }) => `${trace.nameOf(label)} from ${from.toFixed(2)} to ${to.toFixed(2)}`,
      );
      strip.setAttribute('aria-label', `Prediction by threshold: ${words.join('; ')}`);
      ticks.replaceChildren(...Array.from(trace.reading, (gate, t) => tick(gate, trace.tokens[t])));
    },
  };
}
