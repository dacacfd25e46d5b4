/** The flow picture as SVG in the colours of the theme, with its legend, so that it says in a file what it says here. */
import { type PlacedLink, type PlacedNode, flowLayout } from '../core/flow_layout';
import type { Flow, FlowLink } from '../core/flow_links';
import { clip, count, plainToken, signed } from '../core/format';
import { answerWords } from '../core/sentence';
import type { Trace } from '../core/trace';
import { type Attributes, svgNode, svgRoot, svgText } from '../ui/svg';

const NARROW = 560; // px
const BAR = 9;
const LETTER = 6.7; // px at 12 px
const LINE = 20; // px of the legend
const NOUNS: Record<string, string> = { image: 'patch', items: 'item' };

type Kind = 'own' | 'read' | 'up' | 'down';

let figures = 0; // ids of patterns are of the whole document

/** label: the answer whose score this is. */
export function flowFigure(trace: Trace, flow: Flow, label: number, width: number): SVGElement {
  const narrow = width < NARROW;
  const [left, right] = narrow ? [86, 76] : [Math.min(190, width * 0.2), Math.min(160, width * 0.17)];
  const columns = [left, left + 0.42 * (width - left - right), width - right - BAR];
  const striped = `dr-against-${figures++}`;
  const svg = svgRoot({ width, 'font-family': 'system-ui, sans-serif', 'font-size': 12 });
  svg.append(stripes(striped));
  const top = legend(svg, trace, flow.links, label, width, striped) + 8;
  const { nodes, links, height } = flowLayout(flow.links, columns, BAR);
  const field = svgNode('g', { transform: `translate(0 ${top})` });
  links.forEach((link, i) => field.append(ribbonNode(link, i, striped)));
  const room = { left, middle: columns[2] - columns[1] - BAR, right };
  for (const node of nodes) drawNode(field, trace, flow, node, label, room);
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
  const answer = clip(answerWords(trace, label), 32);
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
    const needed = 24 + words[kind].length * LETTER;
    if (x && x + needed > width) [x, y] = [0, y + LINE];
    const swatch = { x, y: y + 3, width: 16, height: 12, rx: 2, ...paintOf(kind, striped) };
    svg.append(svgNode('rect', { class: `dr-flow-key ${kind}`, ...swatch }));
    svg.append(written(words[kind], { x: x + 22, y: y + 13 }));
    x += needed + 12;
  }
  return y + LINE;
}

const written = (words: string, attributes: Attributes) => svgText({ fill: theme('text'), ...attributes }, words);

/** Names stand left of what was read, beside the words on their ribbons, and right of the answer. */
function drawNode(
  field: SVGElement,
  trace: Trace,
  flow: Flow,
  node: PlacedNode,
  label: number,
  room: { left: number; middle: number; right: number },
): void {
  const { id, column, x, y, height, value } = node;
  const fill = theme({ own: 'direct', for: 'up', against: 'down' }[id] ?? (column ? 'quiet' : 'merged'));
  field.append(svgNode('rect', { x, y, width: BAR, height: Math.max(1, height), fill }));
  const middle = y + height / 2 + 4;
  if (column === 2) {
    const lines = [id, clip(answerWords(trace, label), fitting(room.right)), signed(id === 'for' ? value : -value, 3)];
    lines.forEach((line, i) => {
      const weight = i === 2 ? 650 : 400;
      field.append(written(line, { x: x + BAR + 5, y: middle + 15 * (i - 1), 'font-weight': weight }));
    });
    return;
  }
  const name = nodeName(trace, flow, id, label);
  if (column === 0) {
    field.append(written(shortened(name, id, fitting(room.left)), { x: x - 5, y: middle, 'text-anchor': 'end' }));
  } else {
    const halo = { stroke: theme('page'), 'stroke-width': 3, 'stroke-linejoin': 'round', 'paint-order': 'stroke' };
    field.append(written(shortened(name, id, fitting(0.8 * room.middle)), { x: x + BAR + 5, y: middle, ...halo }));
  }
}

const fitting = (pixels: number): number => Math.max(4, Math.floor((pixels - 6) / LETTER));

function shortened(name: string, id: string, most: number): string {
  if (name.length <= most) return name;
  if (id === 'own') return 'by itself';
  return id.endsWith('+') ? name.split(' ').slice(0, 2).join(' ') : clip(name, most);
}

function nodeName(trace: Trace, flow: Flow, id: string, label: number): string {
  if (id === 'own') return `the ${trace.xName} itself`;
  if (id === 'for' || id === 'against') return `${id} ${answerWords(trace, label)}`;
  if (id === 't+') return count(flow.joined[id], 'more word');
  if (id === 'c+') return more(flow.joined[id], NOUNS[trace.contextKind] ?? 'word');
  return wordAt(id.startsWith('t') ? trace.tokens : trace.contextTokens, Number(id.slice(1)));
}

const more = (n: number, noun: string) => (noun === 'patch' ? `${n} more patches` : count(n, `more ${noun}`));

/** A token with the pieces that continue it. */
function wordAt(tokens: readonly string[], from: number): string {
  let to = from + 1;
  while (tokens[to]?.startsWith('##')) to++;
  const [first, ...pieces] = tokens.slice(from, to);
  return [plainToken(first), ...pieces.map((piece) => piece.slice(2))].join('');
}
