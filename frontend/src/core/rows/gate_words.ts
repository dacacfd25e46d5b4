/** What the tab says of a gate of a language model, in nats per token of given answers: lower is better. */
import { capital, grouped, signed, thetaText } from '../format';
import { records } from '../table';
import type { Table } from '../table';
import { type Curve, bestWithin } from './choose';
import { rowsText, shareText } from './format';
import type { GateIntervals } from './gate_intervals';
import {
  type AtGate,
  type GatePart,
  type GateRows,
  type RowChange,
  gateCurve,
  gatePart,
  measureGate,
} from './gate_rows';
import type { Headline } from './headline';
import type { Interval } from './resample';

export const natsText = (nats: number): string => nats.toFixed(2);

const differenceText = (nats: number): string => (Math.abs(nats) < 0.005 ? '0.00' : signed(nats));

export const intervalText = ([low, high]: Interval): string =>
  `95% CI ${differenceText(low)} to ${differenceText(high)}`;

const boundsText = ([low, high]: Interval): string => `95% CI ${natsText(low)} to ${natsText(high)}`;

const bracketsText = ([low, high]: Interval): string => `[${differenceText(low)}, ${differenceText(high)}]`;

/** `+0.04 [−0.01, +0.09]`; without an interval the difference alone. */
export const gainText = (difference: number, interval: Interval | null): string =>
  differenceText(difference) + (interval ? ` ${bracketsText(interval)}` : '');

/** Of nats minus those of another: below zero is better. Only what an interval excludes zero for is called so. */
export function comparedWords(difference: number, interval: Interval | null): string {
  if (!interval) return `a difference of ${differenceText(difference)}`;
  const size = Math.abs(difference).toFixed(2);
  const bounds = `(${differenceText(difference)}, ${intervalText(interval)})`;
  if (interval[1] < 0) return `${size} nats better ${bounds}`;
  if (interval[0] > 0) return `${size} nats worse ${bounds}`;
  return `not measurably different ${bounds}`;
}

const early = ({ of }: GatePart) => of.payload.early;

export const gateHeadlines = (part: GatePart, at: AtGate, intervals: GateIntervals | null): Headline[] => [
  {
    title: `Nats per token (n = ${grouped(at.n)})`,
    value: natsText(at.nll),
    interval: intervals && boundsText(intervals.nll),
    note:
      at.share === 1
        ? 'Every token reads.'
        : `Reading always: ${natsText(at.merged)}; ${comparedWords(at.nll - at.merged, intervals?.merged ?? null)}.`,
  },
  {
    title: 'Tokens that read',
    value: shareText(at.share),
    interval: intervals && `95% CI ${intervals.share.map((end) => (100 * end).toFixed(1)).join(' to ')}`,
    note:
      `Some token reads in ${shareText(at.reading)} of the rows. ` +
      (early(part) ? 'For the others the passage is never read.' : 'No compute is saved: the gate sees both flows.'),
  },
  {
    title: 'Nats against random reading',
    value: isAlone(at) ? '–' : differenceText(at.nll - at.random),
    interval: isAlone(at) ? '' : intervals && intervalText(intervals.random),
    note: isAlone(at)
      ? 'Random reading would do the same here.'
      : `Random reading at the same share: ${natsText(at.random)}. Below zero is better.`,
  },
];

const isAlone = ({ share }: AtGate) => share === 0 || share === 1;

/** The plain answer: which θ, and what it costs. */
export function gateWords(part: GatePart, group: string, at: AtGate, intervals: GateIntervals | null): string {
  const ci = intervals ? ` (${boundsText(intervals.nll)})` : '';
  const against = (name: 'merged' | 'direct' | 'random' | 'divergence') =>
    comparedWords(at.nll - at[name], intervals?.[name] ?? null);
  const words = [
    `At θ = ${thetaText(at.theta)}, beside ${group}, ${shareText(at.share)} of the tokens read, and the given answers get ` +
      `${natsText(at.nll)} nats per token${ci}, a perplexity of ${Math.exp(at.nll).toFixed(1)}.`,
    `Reading always: ${natsText(at.merged)}; at this θ it is ${against('merged')}.`,
    `Without the passage: ${natsText(at.direct)}; at this θ it is ${against('direct')}.`,
  ];
  if (!isAlone(at))
    words.push(
      `Random reading of the same share: ${natsText(at.random)}; the gate is ${against('random')}.`,
      `Reading where the flows differ most: ${natsText(at.divergence)}; the gate is ${against('divergence')}.`,
      `The oracle, which knows which tokens gain most: ${natsText(at.oracle)}.`,
    );
  words.push(
    early(part)
      ? `In ${shareText(at.reading)} of the rows some token reads: for these alone the passage goes through the model.`
      : 'A higher θ saves no compute: this gate sees both flows.',
  );
  return words.join(' ');
}

/** For the one who gets the file. */
export const settledGateWords = (part: GatePart, group: string, at: AtGate, intervals: GateIntervals): string =>
  `${gateWords(part, group, at, intervals)} Intervals resample the ${grouped(part.Q)} questions (${part.of.payload.data}).`;

/** A θ, measured on the questions that chose it and on the others. */
export interface GateChoice {
  theta: number;
  chosenOn: AtGate;
  judgedOn: AtGate;
}

const FEW = 20; // questions in both halves, of fewer a choice tells nothing

/** The θ that `pick` takes on every second question; null where none fits, or there are too few. */
export function chooseGateTheta(of: GateRows, group: number, pick: (curve: Curve) => number | null): GateChoice | null {
  const [chooser, judge] = ([0, 1] as const).map((half) => gatePart(of, group, half));
  if (chooser.Q + judge.Q < FEW) return null;
  const curve = gateCurve(chooser);
  const at = pick(curve);
  if (at === null) return null;
  const theta = curve.thetas[at];
  return { theta, chosenOn: measureGate(chooser, theta), judgedOn: measureGate(judge, theta) };
}

export const withinShare = (share: number) => (curve: Curve) => bestWithin(curve, share);

export function gateChoiceWords(choice: GateChoice | null): string {
  if (!choice) return 'No threshold meets this.';
  const { theta, chosenOn: mine, judgedOn: theirs } = choice;
  const words = (at: AtGate) => `${shareText(at.share)} read, ${natsText(at.nll)} nats per token`;
  return (
    `θ = ${thetaText(theta)}. Tuning half: ${words(mine)}. Held-out half: ${words(theirs)}; ` +
    `reading always gives ${natsText(theirs.merged)}.`
  );
}

export const changedWords = (rows: number, all: number): string =>
  rows ? `${capital(rowsText(rows))} of ${grouped(all)} change, the largest change first.` : 'No row changes.';

const TABLE_STEPS = 100; // θs between 0 and 1

/** One row for each θ and group. */
export function gateThetaTable(of: GateRows): Table {
  const names = ['direct', 'merged', 'random', 'static', 'entropy', 'divergence', 'oracle'] as const;
  const rows = of.payload.groups.flatMap(([group], place) => {
    const part = gatePart(of, place);
    return Array.from({ length: TABLE_STEPS + 1 }, (_, i) => {
      const at = measureGate(part, i / TABLE_STEPS);
      return [group, at.theta, at.share, at.nll, at.reading, ...names.map((name) => at[name])];
    });
  });
  const columns = ['passage', 'theta', 'share_read', 'nll', 'rows_that_read', ...names.map((name) => `nll_${name}`)];
  return { columns, rows };
}

export function gateJson({ payload }: GateRows, table: Table): string {
  const { name, revision, data, theta, note } = payload;
  const made = { checkpoint: name, revision, data, metric: 'nll', default_threshold: theta, note };
  return JSON.stringify({ ...made, rows: records(table) }, null, 1);
}

export function gateChangedTable({ payload, group }: GateRows, changes: RowChange[]): Table {
  return {
    columns: ['row', 'passage', 'tokens', 'tokens_read_1', 'tokens_read_2', 'nll_1', 'nll_2'],
    rows: changes.map(({ row, tokens, reads, nats }) => [
      payload.ids[row],
      payload.groups[group[row]][0],
      tokens,
      ...reads,
      ...nats,
    ]),
  };
}
