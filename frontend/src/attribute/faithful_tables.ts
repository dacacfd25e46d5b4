/** Measures of faithfulness as a table on the page, and as one to be taken along. */
import type { ControlsPayload, MeasurePayload, MeasureSummary } from '../contracts';
import { fixed } from '../core/format';
import { plainNumber } from '../core/quantities';
import type { Cell, Table } from '../core/table';
import { make, scopedCell, scrollable, table } from '../ui/dom';
import type { FaithfulRecord, ShownRecord } from './faithful';
import { methodOf, orDash } from './method_table';
import { beatsChance } from './verdict';

/** [name, title, 1 or -1 for the better direction, what it says]. */
export type Measure = MeasurePayload['measures'][number];

const UNEXPLAINED: Measure = [
  'unexplained',
  'Unexplained',
  -1,
  'share of the changes under random erasures that the scores do not explain, at their best scale',
];
const INFIDELITY: Measure = [
  'infidelity',
  'Infidelity',
  -1,
  'mean squared error of the scores under random erasures (captum.metrics), in the target’s own units squared',
];

const rangeText = ([low, high]: [number, number]) => `${fixed(low)} to ${fixed(high)}`;

/** The better direction of each measure: curves of a target that the input lowers should rise when words are erased. */
export const measuresFor = (measures: Measure[], direction: number): Measure[] =>
  measures.map(([name, title, sign, says]) => [
    name,
    title,
    direction < 0 && name.endsWith('_area') ? -sign : sign,
    says,
  ]);

/** explained: whether what the columns say is unfolded. */
export function measuresTable(
  records: ShownRecord[],
  scaleOf: (record: ShownRecord) => string,
  measures: Measure[],
  config: ControlsPayload,
  explained: boolean,
): HTMLElement[] {
  const [first] = records;
  const turned = measuresFor(measures, first.direction);
  const titleOf = ([, title, sign]: Measure) => `${title} ${sign > 0 ? '↑' : '↓'}`;
  const all = [...turned, UNEXPLAINED, INFIDELITY];
  const heads = [scopedCell('Method', 'col'), ...all.map((measure) => scopedCell(titleOf(measure), 'col'))];
  const lines = records.map((record) => {
    const { signed = true } = methodOf(config, record.method) ?? {};
    return recordLine(record, record.scales[scaleOf(record)].summary, turned, signed);
  });
  lines.push(chanceLine(first.scales[scaleOf(first)].summary, turned, first.orders));
  const scroll = scrollable('wb-scroll wb-table', 'Measures of faithfulness');
  scroll.append(table('', heads, lines));
  return [scroll, explanations(all, titleOf, explained)];
}

/** What the columns say, for all to read. */
function explanations(measures: Measure[], titleOf: (measure: Measure) => string, open: boolean): HTMLElement {
  const box = make('details', 'wb-explained');
  box.open = open;
  box.append(make('summary', '', 'What the measures say'));
  const list = make('ul');
  for (const measure of measures) {
    const item = make('li');
    item.append(make('b', '', titleOf(measure)), ` ${measure[3]}; ${measure[2] > 0 ? 'more' : 'less'} is better.`);
    list.append(item);
  }
  const signs = make('li', '', ' better than 95% of the random orders.');
  signs.prepend(make('b', '', '✓'));
  const none = make('li', '', ' scores without a sign add up to no change.');
  none.prepend(make('b', '', 'n/a'));
  list.append(signs, none);
  box.append(list);
  return box;
}

function recordLine(
  record: ShownRecord,
  summary: Record<string, MeasureSummary>,
  measures: Measure[],
  signed: boolean,
): HTMLElement {
  const line = make('tr', record.stale ? 'is-stale' : '');
  const head = scopedCell(record.title, 'row');
  if (record.stale) head.append(make('em', '', `out of date: ${record.stale}`));
  const cells = measures.map(([name, , sign]) => measureCell(summary[name], sign));
  const ofSums = [orDash(record.unexplained, fixed), orDash(record.infidelity, plainNumber)];
  line.append(head, ...cells, ...ofSums.map((words) => make('td', '', signed ? words : 'n/a')));
  return line;
}

/** Beyond what 95% of the random orders reach, on the good side: bold, and said. */
function measureCell(summary: MeasureSummary, sign: number): HTMLElement {
  const { value, interval } = summary;
  const beats = beatsChance(summary, sign);
  const cell = make('td', beats ? 'wb-beats' : '', fixed(value) + (beats ? ' ✓' : ''));
  if (interval) cell.title = `${beats ? 'better than' : 'not beyond'} 95% of the random orders, ${rangeText(interval)}`;
  return cell;
}

function chanceLine(summary: Record<string, MeasureSummary>, measures: Measure[], orders: number): HTMLElement {
  const line = make('tr', 'wb-chance');
  const cells = measures.map(([name]) => {
    const { random, interval } = summary[name];
    const cell = make('td', '', random == null || !interval ? '–' : fixed(random));
    if (random != null && interval) cell.append(make('small', '', rangeText(interval)));
    return cell;
  });
  const head = scopedCell(`Random orders: mean of ${orders}, and where 95% of them lie`, 'row');
  line.append(head, ...cells, make('td', '', '–'), make('td', '', '–'));
  return line;
}

const COLUMNS = [
  ...['input', 'target', 'label', 'method', 'scale', 'curve', 'share', 'value'],
  ...['random_mean', 'random_low', 'random_high'],
];

/** Every number of the records, one in a row. */
export function faithfulTable(records: FaithfulRecord[]): Table {
  return { columns: COLUMNS, rows: records.flatMap(recordRows) };
}

function recordRows(record: FaithfulRecord): Cell[][] {
  const head = [record.key, record.target, record.label, record.method];
  const rows: Cell[][] = [];
  const add = (scale: string, curve: string, share: number | null, value: number | null, chance: Cell[] = []) =>
    rows.push([...head, scale, curve, share, value, ...(chance.length ? chance : [null, null, null])]);
  for (const [scale, erasure] of Object.entries(record.scales)) {
    const curves = [
      ['deletion', erasure.deletion, erasure.randomDeletion],
      ['insertion', erasure.insertion, erasure.randomInsertion],
    ] as const;
    for (const [name, values, chance] of curves)
      erasure.shares.forEach((share, i) => {
        add(scale, name, share, values[i], chance ? [chance.mean[i], chance.low[i], chance.high[i]] : []);
      });
    for (const [name, { value, random, interval }] of Object.entries(erasure.summary))
      add(scale, name, null, value, [random, ...(interval ?? [null, null])]);
  }
  for (const name of ['infidelity', 'unexplained', 'sensitivity'] as const) add('', name, null, record[name]);
  for (const [name, , { scores }] of record.flips?.orders ?? [])
    scores.forEach((score, i) => {
      add('flips', name, i / Math.max(1, scores.length - 1), score);
    });
  return rows;
}
