/**
 * Aligned tracks: a column per token, a row per method; a unit of several tokens spans their columns. Turned, where the
 * page is narrow or names are long: a row per token. Every cell carries its place; the style sheet does the rest.
 */
import { plainToken, quote } from '../core/format';
import { button, check, closest, find, make, setText } from '../ui/dom';
import { pageButtons } from '../ui/pages';
import { focusOn, rovingRow } from '../ui/roving';
import { type FigureRow, type Unit, numberWords } from './rows';

export const PAGE = 40; // tokens
const NARROW = 640; // px

interface Shown {
  tokens: string[];
  rows: FigureRow[];
  /** Few and long names: always a row per token. */
  listed: boolean;
  /** Another one begins at the first page. */
  key: string;
}

export interface TrackGrid {
  show(shown: Shown): void;
}

/** onToken: a token of x can be clicked. */
export function trackGrid(root: HTMLElement, side: 'x' | 'h', onToken?: (t: number) => void): TrackGrid {
  const grid = find(root, `.wb-grid.wb-${side}`);
  const pages = find(root, `.wb-pages-${side}`);
  const status = find(root, `.wb-detail-${side}`);
  const frame = grid.parentElement!;
  let shown: Shown | null = null;
  let page = 0;
  let tokens: HTMLElement[] = [];
  const isTurned = ({ listed }: Shown) => listed || (frame.clientWidth > 0 && frame.clientWidth <= NARROW);

  const draw = () => {
    if (!shown) return;
    const { rows, listed } = shown;
    const from = page * PAGE;
    const to = Math.min(shown.tokens.length, from + PAGE);
    grid.style.setProperty('--n', String(Math.max(1, to - from)));
    grid.style.setProperty('--rows', String(Math.max(1, rows.length)));
    grid.classList.toggle('turned', isTurned(shown));
    grid.classList.toggle('listed', listed);
    grid.classList.toggle('upright', to - from > 18);
    tokens = shown.tokens.slice(from, to).map((token, i) => tokenCell(plainToken(token), from + i, i, !!onToken));
    const corner = place(make('div', 'wb-head', listed ? 'item' : 'token'), 0, 0, 1);
    const cells = rows.flatMap((row, r) =>
      row.units.filter((unit) => unit.to > from && unit.from < to).map((unit) => unitCell(row, r + 1, unit, from, to)),
    );
    grid.replaceChildren(corner, ...rows.map((row, r) => headCell(row, r + 1)), ...tokens, ...cells);
    rovingRow(grid, tokens);
    check(pages.children, (_, i) => i === page);
  };
  const turn = (to: number) => {
    page = to;
    draw();
  };
  const describe = (event: Event | null) => {
    const node = event && closest(event, '[data-t]');
    if (!shown || !node || !grid.contains(node)) return setText(status, status.dataset.hint ?? '');
    const t = Number(node.dataset.t);
    const values = shown.rows.map((row) => valueAt(row, t)).filter(Boolean);
    setText(status, `${quote(shown.tokens[t])}: ${values.join(' · ') || 'no track has a number here'}`);
  };
  grid.addEventListener('pointerover', describe);
  grid.addEventListener('pointerleave', () => describe(null));
  grid.addEventListener('focusin', describe);
  grid.addEventListener('click', (event) => {
    const token = closest(event, 'button.wb-tok');
    if (token) onToken?.(Number(token.dataset.t));
  });
  new ResizeObserver(() => {
    if (shown && grid.classList.contains('turned') !== isTurned(shown)) draw();
  }).observe(frame);

  return {
    show(next) {
      if (shown?.key !== next.key) page = 0;
      const focused = tokens.indexOf(document.activeElement as HTMLElement);
      shown = next;
      const buttons = pageButtons('wb-page', next.tokens.length, PAGE, turn);
      pages.hidden = buttons.length < 2;
      pages.replaceChildren(...buttons);
      rovingRow(pages);
      page = Math.min(page, Math.max(0, buttons.length - 1));
      draw();
      describe(null);
      if (focused >= 0) focusOn(tokens[focused]);
    },
  };
}

/** row: which track; [first, end): which tokens of those shown. */
function place<E extends HTMLElement>(node: E, row: number, first: number, end: number): E {
  node.style.setProperty('--r', String(row + 1));
  node.style.setProperty('--a', String(first + 1));
  node.style.setProperty('--b', String(end + 1));
  return node;
}

function headCell(row: FigureRow, r: number): HTMLElement {
  const node = place(make('div', `wb-head${row.stale ? ' is-stale' : ''}`), r, 0, 1);
  node.append(make('b', '', row.title), make('small', '', row.detail));
  const stale = row.stale && `out of date: computed for ${row.stale}`;
  for (const words of [stale, row.warning]) if (words) node.append(make('em', '', words));
  node.title = [row.title, row.detail, stale, row.warning, row.help].filter(Boolean).join('. ');
  return node;
}

function tokenCell(token: string, t: number, i: number, clickable: boolean): HTMLElement {
  const node = place(clickable ? button('wb-tok', token) : make('div', 'wb-tok', token), 0, i + 1, i + 2);
  node.dataset.t = String(t);
  node.title = token;
  if (clickable) node.setAttribute('aria-label', `${token}, token ${t + 1}. Explain its gate.`);
  return node;
}

function unitCell(row: FigureRow, r: number, unit: Unit, from: number, to: number): HTMLElement {
  const first = Math.max(unit.from, from);
  const end = Math.min(unit.to, to);
  const stale = row.stale ? ' is-stale' : '';
  const node = place(make('div', `wb-cell ${row.kind}${stale}`), r, first - from + 1, end - from + 1);
  const share = row.top ? unit.value / row.top : 0;
  node.dataset.t = String(first);
  node.classList.toggle('neg', share < 0);
  node.style.setProperty('--v', Math.min(1, Math.abs(share)).toFixed(4));
  node.title = `${row.title}, ${row.detail}: ${numberWords(row, unit.value)}`;
  node.append(make('i'));
  return node;
}

function valueAt(row: FigureRow, t: number): string {
  const unit = row.units.find(({ from, to }) => from <= t && t < to);
  return unit ? `${row.short} ${numberWords(row, unit.value)}` : '';
}
