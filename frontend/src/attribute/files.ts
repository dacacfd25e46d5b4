/** Numbers and figures to be taken along. */
import { clip } from '../core/format';
import type { Table } from '../core/table';
import type { Trace } from '../core/trace';
import { svgNode, svgRoot, svgText } from '../ui/svg';
import { PAGE } from './grid';
import { type FigureRow, numberWords, namedUnits } from './rows';
import type { ShownTrack } from './tracks';

const SCORE_COLUMNS = [
  ...['input', 'checkpoint', 'target', 'label', 'method', 'parameters', 'baseline', 'granularity', 'seed', 'stale'],
  ...['text', 'unit', 'first_token', 'last_token', 'words', 'score'],
];

/** One row for each score. */
export function scoresTable(trace: Trace, tracks: ShownTrack[]): Table {
  const rows = tracks.flatMap((track) => {
    const { key, target, label, method, baseline, granularity, seed, stale } = track;
    const parameters = JSON.stringify(track.parameters);
    const head = [key, trace.checkpoint, target, label, method, parameters, baseline, granularity, seed, stale];
    const side = (text: string, tokens: string[], scores: number[], groups: [number, number][]) =>
      namedUnits(tokens, scores, groups).map(({ from, to, name, value }, i) => [
        ...head,
        ...[text, i, from, to - 1, name, value],
      ]);
    return [
      ...side(trace.xName, trace.tokens, track.scores, track.groups),
      ...side(trace.hName, trace.contextTokens, track.contextScores, track.contextGroups),
    ];
  });
  return { columns: SCORE_COLUMNS, rows };
}

const METHOD_COLUMNS = [
  ...['input', 'target', 'label', 'method', 'parameters', 'baseline', 'granularity', 'seed', 'stale', 'sum', 'value'],
  ...['baselineValue', 'change', 'delta', 'forward_passes', 'backward_passes', 'steps', 'seconds', 'converged'],
  'agreement',
];

/** One row for each track. */
export function methodsTable(tracks: ShownTrack[]): Table {
  const rows = tracks.map((track) => [
    ...[track.key, track.target, track.label, track.method, JSON.stringify(track.parameters), track.baseline],
    ...[track.granularity, track.seed, track.stale, track.sum, track.value ?? null, track.baselineValue ?? null],
    ...[track.change, track.delta, track.passes?.[0] ?? null, track.passes?.[1] ?? null, track.steps, track.seconds],
    ...[track.converged, track.agreement],
  ]);
  return { columns: METHOD_COLUMNS, rows };
}

/** One text with its tracks. */
export interface FigurePart {
  name: string;
  tokens: string[];
  rows: FigureRow[];
}

interface Block extends FigurePart {
  from: number;
  to: number;
}

const HEAD = 230;
const COLUMN = 26;
const NAMES = 92;
const ROW = 34;
const GAP = 6;
const COLORS = { up: '#00805d', down: '#d55e00', gate: '#e69f00', unsigned: '#7a3e9d' };

const blockHeight = ({ rows }: Block) => 26 + NAMES + rows.length * (ROW + GAP) + 14;

/** The figure of tracks, drawn from its numbers: all tokens, forty in a row. */
export function tracksSvg(title: string, parts: FigurePart[]): SVGElement {
  const blocks = parts.flatMap((part): Block[] => {
    const pages = Math.ceil(part.tokens.length / PAGE);
    return Array.from({ length: pages }, (_, i) => ({
      ...part,
      from: i * PAGE,
      to: Math.min(part.tokens.length, (i + 1) * PAGE),
    }));
  });
  const width = HEAD + COLUMN * Math.max(1, ...blocks.map(({ from, to }) => to - from)) + 16;
  const height = 40 + blocks.reduce((sum, block) => sum + blockHeight(block), 0);
  const svg = svgRoot({ width, height, 'font-family': 'sans-serif', 'font-size': 12, fill: '#111' });
  svg.append(
    svgNode('rect', { width: '100%', height: '100%', fill: '#fff' }),
    svgText({ x: 8, y: 22, 'font-size': 14 }, clip(title, Math.floor(width / 8))),
  );
  let y = 36;
  for (const block of blocks) {
    svg.append(blockNode(block, y));
    y += blockHeight(block);
  }
  return svg;
}

function blockNode(block: Block, y: number): SVGElement {
  const { name, tokens, rows, from, to } = block;
  const group = svgNode('g');
  const top = y + 20 + NAMES;
  group.append(svgText({ x: 8, y: y + 14, 'font-weight': 600 }, name));
  for (let t = from; t < to; t++) {
    const transform = `translate(${HEAD + (t - from + 0.5) * COLUMN + 4} ${top - 6}) rotate(-90)`;
    group.append(svgText({ transform, 'font-family': 'monospace' }, clip(tokens[t], 14)));
  }
  rows.forEach((row, r) => group.append(...rowNodes(block, row, top + r * (ROW + GAP))));
  return group;
}

function rowNodes({ from, to }: Block, row: FigureRow, y: number): SVGElement[] {
  const signed = row.kind === 'signed';
  const zero = signed ? y + ROW / 2 : y + ROW;
  const stale = row.stale ? `, stale: ${row.stale}` : '';
  const line = { x1: HEAD, x2: HEAD + (to - from) * COLUMN, y1: zero, y2: zero };
  const bars = row.units
    .filter((unit) => unit.to > from && unit.from < to)
    .map((unit) => {
      const first = Math.max(unit.from, from);
      const end = Math.min(unit.to, to);
      const share = row.top ? unit.value / row.top : 0;
      const height = Math.min(1, Math.abs(share)) * (signed ? ROW / 2 : ROW);
      const bar = svgNode('rect', {
        x: HEAD + (first - from) * COLUMN + 2,
        width: (end - first) * COLUMN - 4,
        y: share < 0 ? zero : zero - height,
        height,
        fill: row.kind === 'signed' ? (share < 0 ? COLORS.down : COLORS.up) : COLORS[row.kind],
        opacity: row.stale ? 0.4 : 1,
      });
      bar.append(svgText({}, `${row.short} ${numberWords(row, unit.value)}`, 'title'));
      return bar;
    });
  return [
    svgText({ x: 8, y: y + 14 }, clip(row.title, 34)),
    svgText({ x: 8, y: y + 28, 'font-size': 10, fill: '#555' }, clip(row.detail + stale, 42)),
    svgNode('line', { ...line, stroke: '#bbb' }),
    ...bars,
  ];
}
