/** The tracks as one SVG, drawn from their numbers: all tokens, however the page has turned or folded them. */
import { capital, clip, signed } from '../core/format';
import type { Outcome } from '../core/replay';
import { decisionWords, sentence } from '../core/sentence';
import { svgNode, svgRoot, svgSource, svgText } from '../ui/svg';
import { type Box, type Pen, makePen } from './pen';
import { type Block, type FigureRow, type PairRow, type Shown, trackBlocks } from './track_rows';

const WIDTH = 1100;
const HEAD = 176; // px, for the names of the rows
const GAP = 3; // between columns
const MOST_COLUMNS = 44; // in a line; longer texts go on in further ones
const WIDEST_COLUMN = 120;
const HEIGHTS = { gate: 56, flow: 22, two: 46, signed: 40, share: 30 };
const LETTER = 7.6; // px of a monospace letter, at the least

/** Columns [from, to) of a block, each `width` wide. */
interface Columns {
  names: string[];
  from: number;
  to: number;
  width: number;
}

/** style: computed style of the inspector; alone, always: what the sentence compares with. */
export function trackFigure(shown: Shown, alone: Outcome, always: Outcome, style: CSSStyleDeclaration): string {
  const { trace, view, outcome } = shown;
  const pen = makePen(style, WIDTH);
  const page = svgRoot({ 'font-family': 'system-ui, sans-serif', 'font-size': 12 });
  page.append(svgNode('rect', { width: '100%', height: '100%', fill: pen.tone('page') }));
  let y = pen.words(page, sentence(trace, view, outcome, alone, always), 24, 16, 650);
  for (const block of trackBlocks(shown)) y = drawBlock(page, pen, block, y + 14);
  y = pen.words(page, `${decisionWords(trace, view)}. ${trace.made}`, y + 22, 11, 400, pen.tone('quiet'));
  page.setAttribute('width', String(WIDTH));
  page.setAttribute('height', String(y + 8));
  page.setAttribute('viewBox', `0 0 ${WIDTH} ${y + 8}`);
  return svgSource(page);
}

function drawBlock(page: SVGElement, pen: Pen, { title, names, rows }: Block, top: number): number {
  let y = pen.words(page, capital(title), top + 14, 14, 650);
  const perLine = Math.min(MOST_COLUMNS, names.length);
  const width = Math.min(WIDEST_COLUMN, (WIDTH - HEAD - 16) / perLine);
  for (let from = 0; from < names.length; from += perLine) {
    const columns = { names, from, to: Math.min(names.length, from + perLine), width };
    y = drawNames(page, pen, columns, y + 6);
    for (const row of rows) y = drawRow(page, pen, row, columns, y + 4);
  }
  return y;
}

/** Names stand upright where one is too long for its column. */
function drawNames(page: SVGElement, pen: Pen, { names, from, to, width }: Columns, y: number): number {
  const shown = names.slice(from, to).map((name) => clip(name, 34));
  const longest = Math.max(...shown.map((name) => name.length));
  const upright = longest * LETTER > width;
  const height = upright ? longest * 7.4 + 4 : 18;
  pen.text(page, 'token', HEAD - 8, y + height - 5, { 'text-anchor': 'end', fill: pen.tone('quiet') });
  shown.forEach((name, i) => {
    const x = HEAD + i * width + width / 2;
    const base = y + height - 2;
    const style = { 'font-family': 'monospace', fill: pen.tone('text') };
    if (upright) pen.text(page, name, x + 4, base, { ...style, transform: `rotate(-90 ${x + 4} ${base})` });
    else pen.text(page, name, x, y + height - 5, { ...style, 'text-anchor': 'middle' });
  });
  return y + height;
}

function drawRow(page: SVGElement, pen: Pen, row: FigureRow, columns: Columns, y: number): number {
  const { names, from, to, width } = columns;
  const height = HEIGHTS[row.kind];
  const name = clip(row.name, 27);
  pen.text(page, name, HEAD - 8, y + height / 2 + 4, { 'text-anchor': 'end', fill: pen.tone('quiet') });
  for (let i = from; i < to; i++) {
    const box = { x: HEAD + (i - from) * width, y, width: width - GAP, height };
    const cell = svgNode('g', { class: `cell ${row.kind}` });
    cell.append(svgNode('rect', { ...box, rx: 2, fill: pen.tone('cell') }));
    drawCell(pen, cell, box, row, i);
    cell.append(svgText({}, `${names[i]}: ${row.name} ${valueText(row.values[i])}`, 'title'));
    page.append(cell);
  }
  if (row.kind === 'gate' && row.theta !== null) {
    const at = y + height * (1 - row.theta);
    const line = { x1: HEAD, x2: HEAD + (to - from) * width - GAP, y1: at, y2: at };
    page.append(svgNode('line', { class: 'theta', ...line, stroke: pen.tone('accent'), 'stroke-width': 2 }));
  }
  return y + height;
}

function drawCell(pen: Pen, cell: SVGElement, box: Box, row: FigureRow, i: number): void {
  switch (row.kind) {
    case 'gate':
      return pen.rise(cell, box, row.values[i], pen.flow(row.flows[i]));
    case 'share':
      return pen.rise(cell, box, row.values[i] / row.top, pen.tone('merged'));
    case 'signed':
      return pen.lean(cell, box, row.values[i] / row.top, pen.tone(row.values[i] < 0 ? 'down' : 'up'));
    case 'two':
      return drawPair(pen, cell, box, row, i);
    case 'flow': {
      const edge = row.flipped[i] ? { stroke: pen.tone('accent'), 'stroke-width': 3 } : {};
      const flow = row.values[i];
      cell.append(svgNode('rect', { ...box, rx: 2, fill: pen.flow(flow), ...edge }));
      const style = { 'text-anchor': 'middle', fill: pen.onFlow(flow), 'font-weight': 700 };
      return pen.text(cell, flow[0].toUpperCase(), box.x + box.width / 2, box.y + 15, style);
    }
  }
}

function drawPair(pen: Pen, cell: SVGElement, box: Box, { values, top }: PairRow, i: number): void {
  const half = { ...box, width: box.width / 2 };
  pen.lean(cell, half, values[i][0] / top, pen.tone('direct'));
  pen.lean(cell, { ...half, x: box.x + box.width / 2 }, values[i][1] / top, pen.tone('merged'));
}

function valueText(value: number | string | [number, number]): string {
  if (Array.isArray(value)) return `${signed(value[0], 3)} by itself, ${signed(value[1], 3)} read`;
  return typeof value === 'number' ? value.toFixed(4) : value;
}
