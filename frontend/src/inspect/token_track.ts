/**
 * Aligned tracks: one column per token, one row per quantity. The same DOM turns to one row per token on a phone. Long
 * inputs are turned like pages; the text above them shows all tokens at once.
 */
import { largestSize } from '../core/arrays';
import { breakable, percent, signed } from '../core/format';
import { scoreScale } from '../core/reading';
import type { Outcome, View } from '../core/replay';
import type { Trace } from '../core/trace';
import { header, paintBar } from '../ui/bars';
import { check, closest, find, make, press, setText } from '../ui/dom';
import { pageButtons, pageSize } from '../ui/pages';
import { roving } from '../ui/roving';
import { tokenRowNames, type RowName } from './names';
import { type AttributionRow, type TokenColumn, paintToken, tokenColumn } from './token_column';

/** A track that can show attributions of its tokens; null takes them away. */
export interface AttributionTrack {
  attribution(row: AttributionRow, scores: number[] | null): void;
}

type Painted = [view: View, outcome: Outcome, label: number, scale: number];

export interface TokenTrack extends AttributionTrack {
  build(trace: Trace): void;
  /** Turn to the page of a token. */
  show(t: number): void;
  paintTheta(theta: number, shown: boolean): void;
  paint(...painted: Painted): void;
  /** Shares of the looking of a written piece. */
  looked(shares: number[]): void;
  /** -1 for none. */
  select(token: number): void;
  names(label: string): void;
}

export function tokenTrack(
  root: HTMLElement,
  grid: HTMLElement,
  onSelect: (t: number) => void,
  onFlip: (t: number) => void,
): TokenTrack {
  const pages = find(root, '.dr-pages');
  const line = make('div', 'dr-theta');
  let trace: Trace;
  let columns: TokenColumn[] = [];
  let page = -1;
  let painted: Painted | null = null;
  const size = () => pageSize(trace.T);
  const shown = () => columns.slice(page * size(), (page + 1) * size());

  const turn = (to: number) => {
    if (to === page) return;
    page = to;
    const onPage = shown();
    grid.replaceChildren(header(tokenRowNames(trace)), ...onPage.map(({ node }) => node), line);
    grid.style.setProperty('--n', String(onPage.length));
    roving(
      grid,
      onPage.map(({ token, flow }) => [token, flow]),
    );
    check(pages.children, (_, i) => i === page);
    if (painted) track.paint(...painted);
  };

  const track: TokenTrack = {
    build(next) {
      trace = next;
      columns = trace.tokens.map((_, t) => tokenColumn(trace, t));
      grid.dataset.readout = trace.readout;
      grid.classList.toggle('upright', size() > 18);
      grid.scrollLeft = 0;
      pages.replaceChildren(...pageButtons('dr-page', trace.T, size(), turn));
      pages.hidden = trace.T <= size();
      page = -1;
      painted = null;
      turn(0);
    },
    show: (t) => turn(Math.floor(t / size())),
    paintTheta(theta, visible) {
      line.style.setProperty('--theta', String(theta));
      line.hidden = !visible;
    },
    paint(...now) {
      painted = now;
      shown().forEach((column, i) => paintToken(column, trace, ...now, page * size() + i));
    },
    attribution(row, scores) {
      const top = scores ? scoreScale(scores, row === 'opened') : 1;
      columns.forEach((column, t) => {
        if (scores) paintBar(column[row], scores[t] / top, signed(scores[t], 3));
        else paintBar(column[row], 0, '');
      });
    },
    looked(shares) {
      const top = largestSize(shares);
      columns.forEach(({ looked }, t) => {
        if (looked) paintBar(looked, shares[t] / top, percent(shares[t]));
      });
    },
    select(selected) {
      if (selected >= 0) track.show(selected);
      columns.forEach(({ node, token }, t) => {
        node.classList.toggle('sel', t === selected);
        press(token, t === selected);
      });
    },
    names: (label) => renameHeader(grid, tokenRowNames(trace, label)),
  };
  grid.addEventListener('click', (event) => {
    const column = closest(event, '.dr-col[data-i]');
    if (!column) return;
    const t = Number(column.dataset.i);
    if (closest(event, '.dr-flow')) onFlip(t);
    else onSelect(t);
  });
  return track;
}

export function renameHeader(grid: HTMLElement, names: RowName[]): void {
  const cells = find(grid, '.dr-head').children;
  names.forEach(([name], i) => setText(cells[i], breakable(name)));
}
