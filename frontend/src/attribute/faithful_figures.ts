/** Curves of faithfulness beside chance. */
import type { Band, ControlsPayload } from '../contracts';
import { isGate } from '../core/targets';
import type { Figure, Layout, Trace as PlotTrace } from '../page/plotly';
import type { ShownRecord } from './faithful';

const METHOD_COLORS = [
  ...['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'],
  ...['#7a3e9d', '#5b6270', '#a6761d', '#00805d', '#b2182b', '#332288'],
];
const DASHES = ['solid', 'dash', 'dot', 'dashdot', 'longdash'];
const CHANCE = '#888888';
export const INK = '#111111'; // stands for the colour of the text

export interface Line extends PlotTrace {
  name?: string;
  line: { color?: string; dash?: string; width: number };
}

export interface FaithfulFigure extends Figure {
  data: Line[];
  title: string;
  about: string;
}

/** scaleOf: the scale on which a record is shown. */
export function faithfulFigures(
  target: string,
  records: ShownRecord[],
  scaleOf: (record: ShownRecord) => string,
  config: ControlsPayload,
): FaithfulFigure[] {
  const y = scaleOf(records[0]) === 'probability' ? (isGate(target) ? 'gate' : 'probability') : 'score';
  const figures: FaithfulFigure[] = [
    {
      title: 'Deletion',
      about: 'Erased first: what the method names first. The faster it falls, the better.',
      data: erasureLines(records, scaleOf, 'deletion', 'randomDeletion', config),
      layout: axes('words erased', y),
    },
    {
      title: 'Insertion',
      about: 'Kept first: what the method names first. The faster it rises, the better.',
      data: erasureLines(records, scaleOf, 'insertion', 'randomInsertion', config),
      layout: axes('words kept', y),
    },
  ];
  const flipped = records.filter(({ flips }) => flips);
  if (flipped.length)
    figures.push({
      title: 'Flipping',
      about: 'Tokens that read are sent direct, in this order; exact, by replay.',
      data: flipLines(flipped, config),
      layout: axes('reading tokens flipped', 'score'),
    });
  return figures;
}

const axes = (x: string, y: string): Layout => ({
  height: 280,
  margin: { l: 52, r: 12, t: 8, b: 44 },
  xaxis: { title: { text: x }, tickformat: '.0%', range: [-0.02, 1.02] },
  yaxis: { title: { text: y } },
  showlegend: false,
  hovermode: 'x unified',
});

const place = ({ methods }: ControlsPayload, name: string) =>
  Math.max(0, methods.findIndex((method) => method.name === name)); // prettier-ignore

const line = (name: string, x: number[], y: number[], color: string, dash: string, more: PlotTrace = {}): Line => ({
  type: 'scatter',
  mode: 'lines+markers',
  name,
  x,
  y,
  line: { color, dash, width: 2 },
  marker: { size: 5 },
  hovertemplate: '%{y:.3f}',
  ...more,
});

function methodLine(record: ShownRecord, x: number[], y: number[], config: ControlsPayload, more?: PlotTrace): Line {
  const i = place(config, record.method);
  return line(record.title, x, y, METHOD_COLORS[i % METHOD_COLORS.length], DASHES[i % DASHES.length], more);
}

/** The mean of random orders, and where 95 % of them lie. */
function chanceLines(x: number[], { mean, low, high }: Band): Line[] {
  const edge: Line = { type: 'scatter', mode: 'lines', x, line: { width: 0 }, hoverinfo: 'skip', showlegend: false };
  return [
    { ...edge, y: low },
    { ...edge, y: high, fill: 'tonexty', fillcolor: 'rgba(136,136,136,.25)' },
    line('random orders', x, mean, CHANCE, 'dot', { mode: 'lines' }),
  ];
}

function erasureLines(
  records: ShownRecord[],
  scaleOf: (record: ShownRecord) => string,
  curve: 'deletion' | 'insertion',
  random: 'randomDeletion' | 'randomInsertion',
  config: ControlsPayload,
): Line[] {
  const first = records[0].scales[scaleOf(records[0])];
  const chance = first[random];
  const lines = records.map((record) => {
    const erasure = record.scales[scaleOf(record)];
    return methodLine(record, erasure.shares, erasure[curve], config, { opacity: record.stale ? 0.4 : 1 });
  });
  return [...(chance ? chanceLines(first.shares, chance) : []), ...lines];
}

const OWN_ORDER = 'attribution'; // of the method, beside orders that no method needs

function flipLines(records: ShownRecord[], config: ControlsPayload): Line[] {
  const { orders, random } = records[0].flips!;
  const shares = (scores: number[]) => scores.map((_, i) => i / Math.max(1, scores.length - 1));
  const fixed = orders
    .filter(([name]) => name !== OWN_ORDER)
    .map(([name, words, { scores }]) =>
      line(words, shares(scores), scores, name === 'gate' ? '#e69f00' : INK, name === 'gate' ? 'solid' : 'dash'),
    );
  const own = records.flatMap((record) => {
    const order = record.flips!.orders.find(([name]) => name === OWN_ORDER);
    return order ? [methodLine(record, shares(order[2].scores), order[2].scores, config)] : [];
  });
  return [...(random ? chanceLines(shares(random.mean), random) : []), ...fixed, ...own];
}
