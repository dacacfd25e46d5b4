/** Two track sets and their difference, one column per place in both texts. */
import { explainedAnswers, type Pair } from '../core/pair';
import { breakable } from '../core/format';
import { usesTheta } from '../core/policies';
import { tokenScale } from '../core/reading';
import { check, closest, find, make, press, setText } from '../ui/dom';
import { pageButtons, pageSize } from '../ui/pages';
import { roving } from '../ui/roving';
import { HEIGHTS, type TrackName, WIDTHS, gridHeader, trackNames } from './grid_names';
import { type PairColumn, paintColumn, pairColumn } from './pair_column';
import { SIDES } from './row_list';

export interface PairGrid {
  build(pair: Pair): void;
  paint(pair: Pair): void;
  /** -1 for none. */
  select(i: number): void;
}

export function pairGrid(
  root: HTMLElement,
  { onSelect, onFlip }: { onSelect: (i: number) => void; onFlip: (i: number) => void },
): PairGrid {
  const grid = find(root, '.cmp-grid');
  const pages = find(root, '.cmp-pages');
  const lines = { a: make('div', 'cmp-line a'), b: make('div', 'cmp-line b') };
  let columns: PairColumn[] = [];
  let names: TrackName[] = [];
  let scale = 1;
  let page = -1;
  let painted: Pair | null = null;
  const size = () => pageSize(columns.length);
  const shown = () => columns.slice(page * size(), (page + 1) * size());

  const turn = (to: number) => {
    page = to;
    const onPage = shown();
    grid.replaceChildren(gridHeader(names), ...onPage.map(({ node }) => node), lines.a, lines.b);
    grid.style.setProperty('--n', String(onPage.length));
    roving(
      grid,
      onPage.map(({ token, sides }) => [token, ...(sides.b.flow ? [sides.b.flow] : [])]),
    );
    check(pages.children, (_, i) => i === page);
    if (painted) track.paint(painted);
  };

  const track: PairGrid = {
    build(pair) {
      scale = Math.max(tokenScale(pair.a.trace), tokenScale(pair.b.trace));
      names = trackNames(pair);
      columns = pair.columns.map((place, i) => pairColumn(pair, place, i));
      for (const side of SIDES) {
        const row = names.findIndex(({ key }) => key === `${side} gate`) + 1;
        lines[side].style.setProperty('--k', String(row));
      }
      grid.classList.toggle('upright', size() > 16);
      grid.style.setProperty('--rows', names.map(({ kind }) => HEIGHTS[kind]).join(' '));
      grid.style.setProperty('--cols', names.map(({ kind }) => WIDTHS[kind]).join(' '));
      pages.replaceChildren(...pageButtons('dr-page', columns.length, size(), turn));
      pages.hidden = columns.length <= size();
      painted = null;
      turn(0);
    },
    paint(pair) {
      painted = pair;
      const answers = explainedAnswers(pair);
      const heads = find(grid, '.dr-head').children;
      trackNames(pair).forEach(({ title }, i) => setText(heads[i], breakable(title)));
      for (const side of SIDES) {
        const { view } = pair[side];
        lines[side].style.setProperty('--theta', String(view.theta));
        lines[side].hidden = !usesTheta(view);
      }
      for (const column of shown()) paintColumn(column, pair, answers, scale);
    },
    select(i) {
      const to = Math.floor(i / size());
      if (i >= 0 && to !== page) turn(to);
      columns.forEach(({ node, token }, k) => {
        node.classList.toggle('sel', k === i);
        press(token, k === i);
      });
    },
  };
  grid.addEventListener('click', (event) => {
    const column = closest(event, '.dr-col[data-i]');
    if (!column) return;
    const i = Number(column.dataset.i);
    if (closest(event, 'button.cmp-flow')) onFlip(i);
    else onSelect(i);
  });
  return track;
}
