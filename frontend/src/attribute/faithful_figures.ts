/** Curves of faithfulness beside chance. */
import type { Band, ControlsPayload } from '../contracts';
import { isGate } from '../core/targets';
import { fixed } from '../core/format';
import type { Figure, Layout, Trace as PlotTrace } from '../page/plotly';
import type { ShownRecord } from './faithful';

const METHOD_COLORS = [
  ...['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'],
  ...['#7a3e9d', '#5b6270', '#a6761d', '#00805d', '#b2182b', '#332288'],
];
const DASHES = ['solid', 'dash', 'dot', 'dashdot', 'longdash'];
const CHANCE = '#888888';
export const INK = '#111111'; // stands for the colour of the text
export const CHANCE_NAME = 'random orders';

export interface Line extends PlotTrace {
  name?: string;
  line: { color?: string; dash?: string; width: number };
  /** A method's own line, which can step back behind others. */
  meta?: 'method';
}

export interface FaithfulFigure extends Figure {
  data: Line[];
  title: string;
  about: string;
}

/** target, words: its name and the words for it; scaleOf: the scale on which a record is shown. */
export function faithfulFigures(
  target: string,
  words: string,
  records: ShownRecord[],
  scaleOf: (record: ShownRecord) => string,
  config: ControlsPayload,
): FaithfulFigure[] {
  const [first] = records;
  const scale = scaleOf(first);
  const y = isGate(target) ? words : scale === 'probability' ? 'probability' : 'score';
  const lowered = first.direction < 0;
  const { full, empty } = first.scales[scale];
  const why = lowered
    ? `The input lowers it from ${fixed(empty, 2)} (empty) to ${fixed(full, 2)}, so words that lower it come first. `
    : 'Words that raise it come first. ';
  const better = (falls: boolean) => `The faster the curve ${falls === lowered ? 'rises' : 'falls'}, the better.`;
  const figures: FaithfulFigure[] = [
    {
      title: 'Deletion',
      about: `Words are erased. ${why}${better(true)}`,
      data: erasureLines(records, scaleOf, 'deletion', 'randomDeletion', config),
      layout: axes('words erased', y),
    },
    {
      title: 'Insertion',
      about: `Only the first words are kept. ${better(false)}`,
      data: erasureLines(records, scaleOf, 'insertion', 'randomInsertion', config),
      layout: axes('words kept', y),
    },
  ];
  const flipped = records.filter(({ flips }) => flips);
  if (flipped.length)
    figures.push({
      title: 'Flipping',
      about:
        'Words that read are sent the direct way, one after the other; exact, by replay. ' +
        (isGate(target) ? 'What is drawn is the score of the answer, not the gate.' : ''),
      data: flipLines(flipped, config),
      layout: axes('reading tokens flipped', 'score of the answer'),
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
  return line(record.title, x, y, METHOD_COLORS[i % METHOD_COLORS.length], DASHES[i % DASHES.length], {
    meta: 'method',
    ...more,
  });
}

/** The mean of random orders, and where 95% of them lie. */
function chanceLines(x: number[], { mean, low, high }: Band): Line[] {
  const edge: Line = { type: 'scatter', mode: 'lines', x, line: { width: 0 }, hoverinfo: 'skip', showlegend: false };
  return [
    { ...edge, y: low },
    { ...edge, y: high, fill: 'tonexty', fillcolor: 'rgba(136,136,136,.25)' },
    line(CHANCE_NAME, x, mean, CHANCE, 'dot', { mode: 'lines' }),
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
