/** The flow picture as SVG in the colours of the theme, with its legend, so that it says in a file what it says here. */
import { LINE, type PlacedLink, type PlacedNode, flowLayout } from '../core/flow_layout';
import type { Flow, FlowLink } from '../core/flow_links';
import { signed } from '../core/format';
import { nameLines } from '../core/name_lines';
import { answerWords } from '../core/sentence';
import type { Trace } from '../core/trace';
import { type Attributes, svgNode, svgRoot, svgText } from '../ui/svg';
import { nodeName, widthOf } from './flow_names';

const NARROW = 560; // px
const BAR = 9;
const BESIDE = 5; // px between a node and its name
const LEGEND_LINE = 20; // px
const LEGEND_NAME = 200; // px of the answer in the legend

type Kind = 'own' | 'read' | 'up' | 'down';

let figures = 0; // ids of patterns are of the whole document

/** label: the answer whose score this is. */
export function flowFigure(trace: Trace, flow: Flow, label: number, width: number): SVGElement {
  const { names, left, right } = namesOf(trace, flow, label, width);
  const columns = [left, left + 0.42 * (width - left - right), width - right - BAR];
  const striped = `dr-against-${figures++}`;
  const svg = svgRoot({ width, 'font-family': 'system-ui, sans-serif', 'font-size': 12 });
  svg.append(stripes(striped));
  const top = legend(svg, trace, flow.links, label, width, striped) + 8;
  const { nodes, links, height } = flowLayout(flow.links, columns, BAR, (id) => names.get(id)?.lines.length ?? 1);
  const field = svgNode('g', { transform: `translate(0 ${top})` });
  links.forEach((link, i) => field.append(ribbonNode(link, i, striped)));
  const middle = 0.8 * (columns[2] - columns[1]);
  for (const node of nodes) {
    const name = names.get(node.id) ?? nameOf(nodeName(trace, flow, node.id, label), middle, 1);
    drawNode(field, node, name);
  }
  svg.append(field);
  svg.setAttribute('height', String(Math.ceil(top + height + 4)));
  svg.setAttribute('viewBox', `0 0 ${width} ${Math.ceil(top + height + 4)}`);
  return svg;
}

/** What pointing at a ribbon tells. */
export function linkWords(
  trace: Trace,
  flow: Flow,
  { source, target, positive, value }: FlowLink,
  label: number,
): string {
  const ends = [source, target].map((id) => nodeName(trace, flow, id, label));
  return `${ends.join(' → ')}: ${signed(positive ? value : -value, 3)}`;
}

function kindOf({ source, target, positive }: FlowLink): Kind {
  if (!positive) return 'down';
  if (target === 'for') return 'up';
  return source === 'own' ? 'own' : 'read';
}

const FILLS: Record<Exclude<Kind, 'down'>, string> = { own: 'direct', read: 'merged', up: 'up' };
const theme = (name: string) => `var(--dr-${name})`;
const paintOf = (kind: Kind, striped: string): Attributes =>
  kind === 'down' ? { fill: `url(#${striped})` } : { fill: theme(FILLS[kind]), 'fill-opacity': 0.5 };

/** What counts against is told by stripes as well: its colour lies near that of what was read. */
function stripes(id: string): SVGElement {
  const size = { width: 6, height: 6 };
  const pattern = svgNode('pattern', { id, ...size, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' });
  pattern.append(svgNode('rect', { ...size, fill: theme('down'), 'fill-opacity': 0.4 }));
  pattern.append(svgNode('rect', { width: 2.4, height: 6, fill: theme('down') }));
  const defs = svgNode('defs');
  defs.append(pattern);
  return defs;
}

function ribbonNode(link: PlacedLink, i: number, striped: string): SVGElement {
  const kind = kindOf(link);
  return svgNode('path', { class: `dr-flow-ribbon ${kind}`, d: link.path, 'data-n': i, ...paintOf(kind, striped) });
}

/** One entry for each kind of ribbon that is drawn; returns the y where it ends. */
function legend(
  svg: SVGElement,
  trace: Trace,
  links: FlowLink[],
  label: number,
  width: number,
  striped: string,
): number {
  const kinds = new Set(links.map(kindOf));
  const answer = nameOf(answerWords(trace, label), LEGEND_NAME, 1).lines[0];
  const words: Record<Kind, string> = {
    own: `the ${trace.xName} by itself`,
    read: `read from the ${trace.hName}`,
    up: `counts for ${answer}`,
    down: `counts against ${answer}`,
  };
  let x = 0;
  let y = 0;
  for (const kind of ['own', 'read', 'up', 'down'] as const) {
    if (!kinds.has(kind)) continue;
    const needed = 24 + widthOf(words[kind]);
    if (x && x + needed > width) [x, y] = [0, y + LEGEND_LINE];
    const swatch = { x, y: y + 3, width: 16, height: 12, rx: 2, ...paintOf(kind, striped) };
    svg.append(svgNode('rect', { class: `dr-flow-key ${kind}`, ...swatch }));
    svg.append(written(words[kind], { x: x + 22, y: y + 13 }));
    x += needed + 12;
  }
  return y + LEGEND_LINE;
}

const written = (words: string, attributes: Attributes) => svgText({ fill: theme('text'), ...attributes }, words);

interface Name {
  whole: string;
  lines: string[];
}

const nameOf = (whole: string, room: number, most = 2): Name => ({
  whole,
  lines: nameLines(whole, (line) => widthOf(line) <= room, most),
});

/** The names at both sides, and the room that they take there: no more than they need. */
function namesOf(trace: Trace, { links, joined }: Flow, label: number, width: number) {
  const [share, most] = width < NARROW ? [0.32, 0.24] : [0.25, 0.2];
  const sources = [...new Set(links.map(({ source }) => source).filter((id) => !id.startsWith('t')))];
  const names = new Map(sources.map((id) => [id, nameOf(nodeName(trace, { joined }, id, label), share * width)]));
  const answer = nameOf(answerWords(trace, label), most * width);
  const sums = { for: 0, against: 0 };
  for (const { target, value } of links) if (target === 'for' || target === 'against') sums[target] += value;
  const left = widest([...names.values()]);
  for (const id of ['for', 'against'] as const) {
    const sum = signed(id === 'for' ? sums.for : -sums.against, 3);
    names.set(id, { whole: nodeName(trace, { joined }, id, label), lines: [id, ...answer.lines, sum] });
  }
  return { names, left: left + BESIDE, right: widest([names.get('for')!, names.get('against')!]) + 2 * BESIDE };
}

const widest = (names: Name[]): number => Math.max(0, ...names.flatMap(({ lines }) => lines.map(widthOf)));

/** Names stand left of what was read, beside the words on their ribbons, and right of the answer. */
function drawNode(field: SVGElement, { id, column, x, y, height }: PlacedNode, { whole, lines }: Name): void {
  const fill = theme({ own: 'direct', for: 'up', against: 'down' }[id] ?? (column ? 'quiet' : 'merged'));
  field.append(svgNode('rect', { x, y, width: BAR, height: Math.max(1, height), fill }));
  const middle = y + height / 2 + 4;
  const place = column ? { x: x + BAR + BESIDE } : { x: x - BESIDE, 'text-anchor': 'end' };
  lines.forEach((line, i) => {
    const isSum = column === 2 && i === lines.length - 1;
    const node = written(line, {
      ...place,
      ...(column === 1 ? HALO : {}),
      y: middle + LINE * (i - (lines.length - 1) / 2),
      'font-weight': isSum ? 650 : undefined,
    });
    if (column < 2 && lines.join(' ') !== whole) node.append(svgText({}, whole, 'title'));
    field.append(node);
  });
}

const HALO = { stroke: theme('page'), 'stroke-width': 3, 'stroke-linejoin': 'round', 'paint-order': 'stroke' };
