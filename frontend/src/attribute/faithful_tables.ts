/** Measures of faithfulness as a table on the page, and as one to be taken along. */
import type { MeasurePayload, MeasureSummary } from '../contracts';
import type { Cell, Table } from '../core/table';
import { make, scopedCell, scrollable, table } from '../ui/dom';
import type { FaithfulRecord, ShownRecord } from './faithful';
import { orDash } from './method_table';

/** [name, title, 1 or -1 for the better direction, what it says]. */
export type Measure = MeasurePayload['measures'][number];

const three = (value: number) => value.toFixed(3);
const rangeText = ([low, high]: [number, number]) => `${three(low)} to ${three(high)}`;

export function measuresTable(
  records: ShownRecord[],
  scaleOf: (record: ShownRecord) => string,
  measures: Measure[],
): HTMLElement {
  const heads = [
    scopedCell('Method', 'col'),
    ...measures.map(([, title, sign, says]) =>
      titled(`${title} ${sign > 0 ? '↑' : '↓'}`, `${says}; ${sign > 0 ? 'more' : 'less'} is better`),
    ),
    titled(
      'Unexplained ↓',
      'share of the changes under random erasures that the scores do not explain, at their best scale',
    ),
    titled('Infidelity ↓', 'mean squared error of the scores under random erasures (captum.metrics)'),
  ];
  const lines = records.map((record) => recordLine(record, record.scales[scaleOf(record)].summary, measures));
  const [first] = records;
  lines.push(chanceLine(first.scales[scaleOf(first)].summary, measures, first.orders));
  const scroll = scrollable('wb-scroll wb-table', 'Measures of faithfulness');
  scroll.append(table('', heads, lines));
  return scroll;
}

function titled(text: string, title: string): HTMLElement {
  const head = scopedCell(text, 'col');
  head.title = title;
  return head;
}

function recordLine(record: ShownRecord, summary: Record<string, MeasureSummary>, measures: Measure[]): HTMLElement {
  const line = make('tr', record.stale ? 'is-stale' : '');
  const head = scopedCell(record.title, 'row');
  if (record.stale) head.append(make('em', '', `stale: ${record.stale}`));
  const cells = measures.map(([name, , sign]) => measureCell(summary[name], sign));
  const infidelity = orDash(record.infidelity, (value) => value.toPrecision(3));
  line.append(head, ...cells, make('td', '', orDash(record.unexplained, three)), make('td', '', infidelity));
  return line;
}

/** Beyond what 95 % of the random orders reach, on the good side: bold, and said. */
function measureCell({ value, interval }: MeasureSummary, sign: number): HTMLElement {
  const beats = interval && (sign > 0 ? value > interval[1] : value < interval[0]);
  const cell = make('td', beats ? 'wb-beats' : '', three(value) + (beats ? ' ✓' : ''));
  if (interval)
    cell.title = `${beats ? 'better than' : 'not beyond'} 95 % of the random orders, ${rangeText(interval)}`;
  return cell;
}

function chanceLine(summary: Record<string, MeasureSummary>, measures: Measure[], orders: number): HTMLElement {
  const line = make('tr', 'wb-chance');
  const cells = measures.map(([name]) => {
    const { random, interval } = summary[name];
    return make('td', '', random == null || !interval ? '–' : `${three(random)} (${rangeText(interval)})`);
  });
  const head = scopedCell(`Random orders (${orders}): mean, 95 % of them`, 'row');
  line.append(head, ...cells, make('td'), make('td'));
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
