/** One place of both texts: its token, both track sets and their difference, all bars on one scale. */
import type { Column } from '../core/align';
import { plainToken, signed } from '../core/format';
import type { Pair, Side } from '../core/pair';
import { type Outcome, flowName, flowTaken } from '../core/replay';
import { type Trace, ignoring } from '../core/trace';
import { bar, paintBar, setTwoBars, signedBar, twoBars } from '../ui/bars';
import { button, make, setText } from '../ui/dom';
import { changeCount, partCount } from './grid_names';
import { SIDES, type SideName } from './row_list';

/** One side's cells; empty ones where it has no token here. */
interface SideCells {
  gate: HTMLElement;
  way: HTMLElement;
  flow: HTMLElement | null;
  adds: HTMLElement[];
}

export interface PairColumn {
  node: HTMLElement;
  token: HTMLButtonElement;
  place: Column;
  change: HTMLElement[];
  sides: Record<SideName, SideCells>;
  /** What was painted last. */
  state: string;
}

type PerSide<T> = Record<SideName, T>;

export function pairColumn(pair: Pair, place: Column, i: number): PairColumn {
  const node = make('div', `dr-col ${place.change}`);
  node.dataset.i = String(i);
  node.setAttribute('role', 'group');
  const token = button('dr-tok', placeName(pair, place));
  const sides = {
    a: sideCells(pair.a.trace, place.a, make('div', 'cmp-flow')),
    b: sideCells(pair.b.trace, place.b, button('cmp-flow')),
  };
  const change = Array.from({ length: changeCount(pair) }, () => signedBar('cmp-changes'));
  const cells = SIDES.flatMap((side) => [sides[side].gate, sides[side].way, ...sides[side].adds]);
  node.append(token, ...cells, ...change);
  return { node, token, place, change, sides, state: '' };
}

function sideCells(trace: Trace, t: number, flow: HTMLElement): SideCells {
  const cells = Array.from({ length: partCount(trace) });
  if (t < 0) return { gate: make('div'), way: make('div'), flow: null, adds: cells.map(() => make('div')) };
  const gate = bar('cmp-gate');
  (gate.firstElementChild as HTMLElement).style.setProperty('--v', trace.reading[t].toFixed(4));
  gate.title = `gate ${trace.reading[t].toFixed(3)}`;
  return { gate, way: flow, flow, adds: cells.map(twoBars) };
}

/** What stood in A and what stands in B. */
export function placeName({ a, b }: Pair, place: Column): string {
  if (place.a < 0) return `+${plainToken(b.trace.tokens[place.b])}`;
  const one = plainToken(a.trace.tokens[place.a]);
  if (place.b < 0) return `−${one}`;
  const other = plainToken(b.trace.tokens[place.b]);
  return one === other ? other : `${one}→${other}`;
}

/** answers: that the contributions are of; scale: the contribution that fills a bar. */
export function paintColumn(column: PairColumn, pair: Pair, answers: PerSide<number>, scale: number): void {
  const outcomes: PerSide<Outcome> = { a: pair.before, b: pair.after };
  const { place } = column;
  const state = SIDES.map((side) => sideState(pair[side], outcomes[side], answers[side], place[side])).join('|');
  if (column.state === state) return; // most tokens keep their route from one frame to the next
  column.state = state;
  const paint = (side: SideName) =>
    place[side] < 0
      ? null
      : paintSide(column.sides[side], pair[side], outcomes[side], answers[side], scale, place[side]);
  const adds = { a: paint('a'), b: paint('b') };
  column.change.forEach((cell, k) => {
    const change = (adds.b?.[k] ?? 0) - (adds.a?.[k] ?? 0);
    paintBar(cell, change / scale, signed(change, 3));
  });
  column.node.classList.toggle('rerouted', pair.rerouted.includes(place));
  const words = columnWords(pair, outcomes, place, adds);
  column.token.title = words;
  column.token.setAttribute('aria-label', `${words} Select.`);
}

function sideState({ trace, view }: Side, { weights }: Outcome, answer: number, t: number): string {
  if (t < 0) return '';
  const own = weights.slice(t * trace.R, (t + 1) * trace.R);
  return [trace.readout === 'span' ? '' : answer, view.overrides.has(t), [...view.ignored].join(' '), ...own].join();
}

/** Returns the token's contributions. */
function paintSide(
  { gate, flow, adds }: SideCells,
  { trace, view }: Side,
  outcome: Outcome,
  answer: number,
  scale: number,
  t: number,
): number[] {
  const taken = flowTaken(trace, outcome.weights, t);
  const name = flowName(trace, outcome.weights, t);
  gate.dataset.flow = name;
  if (flow) {
    flow.dataset.flow = name;
    flow.classList.toggle('by-hand', view.overrides.has(t));
    setText(flow, taken < 0 ? String(Math.round(100 * outcome.rho[t])) : name[0].toUpperCase());
    if (flow instanceof HTMLButtonElement)
      flow.setAttribute('aria-label', `${trace.tokens[t]} in B: ${name}. Send the other way.`);
  }
  return ignoring(trace, view.ignored)
    .parts(t, answer)
    .map(([own, got], k) => {
      const byItself = outcome.kappa[t] * own;
      const read = outcome.rho[t] * got;
      setTwoBars(adds[k], byItself / scale, read / scale);
      adds[k].title = `${signed(byItself, 3)} by itself, ${signed(read, 3)} from the ${trace.hName}`;
      return byItself + read;
    });
}

function columnWords(pair: Pair, outcomes: PerSide<Outcome>, place: Column, adds: PerSide<number[] | null>): string {
  const words = SIDES.map((side) => {
    const letter = side.toUpperCase();
    const t = place[side];
    if (t < 0) return `not in ${letter}`;
    const { trace } = pair[side];
    const parts = adds[side]?.map((value) => signed(value)) ?? [];
    const sum = parts.length ? `, adds ${parts.join(' and ')}` : '';
    const flow = flowName(trace, outcomes[side].weights, t);
    return `${letter}: gate ${trace.reading[t].toFixed(3)}, ${flow}${sum}`;
  });
  return `${placeName(pair, place)}. ${words.join('. ')}.`;
}
