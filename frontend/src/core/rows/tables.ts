/** The rows' numbers as tables, to be taken along. */
import { type Table, records } from '../table';
import { calibrationOf, changesOf, type ChangeKind, measure } from './measure';
import { type Rows, answerName, confidenceIn, readIn, scoreOf, statesAt } from './rows';

const TABLE_STEPS = 100; // θs between 0 and 1; between two of them a curve of many rows hardly moves

/** One row per θ, without intervals: those are of one θ at a time. */
export function thetaTable(rows: Rows): Table {
  const all = measure(rows, statesAt(rows, 0));
  const priced = !!rows.operations;
  return {
    columns: [
      'theta',
      'share_merged',
      rows.metric,
      `${rows.metric}_minus_all_reading`,
      'rows_that_read',
      ...(priced ? ['operations_of_all_reading'] : []),
      'calibration_error',
    ],
    rows: Array.from({ length: TABLE_STEPS + 1 }, (_, i) => {
      const theta = i / TABLE_STEPS;
      const states = statesAt(rows, theta);
      const at = measure(rows, states);
      const gain = at.quality - all.quality;
      const compute = priced ? [at.compute] : [];
      return [theta, at.share, at.quality, gain, at.reading, ...compute, calibrationOf(rows, states).error];
    }),
  };
}

const KINDS: ChangeKind[] = ['worse', 'better', 'other'];

/** One row per row whose answer changes; texts only where they are on the page already. */
export function changedRows(rows: Rows, before: Int32Array, after: Int32Array): Table {
  const changes = changesOf(rows, before, after);
  const list = KINDS.flatMap((kind) => changes[kind].map((r): [ChangeKind, number] => [kind, r]));
  const texts = list.some(([, r]) => rows.texts[rows.ids[r]]);
  const graded = !!rows.scores;
  const state = (r: number, s: number) => [
    answerName(rows, s),
    confidenceIn(rows, s),
    ...(graded ? [scoreOf(rows, r, s)] : []),
    readIn(rows, r, s),
  ];
  const named = (place: number) => [
    `answer_${place}`,
    `confidence_${place}`,
    ...(graded ? [`${rows.metric}_${place}`] : []),
    `tokens_merged_${place}`,
  ];
  const labelled = rows.spans ? [] : ['label'];
  return {
    columns: ['row', 'change', 'tokens', ...labelled, ...named(1), ...named(2), ...(texts ? ['x'] : [])],
    rows: list.map(([kind, r]) => [
      rows.ids[r],
      kind,
      rows.lengths[r],
      ...(rows.spans ? [] : [rows.labels[rows.right[r]]]),
      ...state(r, before[r]),
      ...state(r, after[r]),
      ...(texts ? [rows.texts[rows.ids[r]]?.x ?? null] : []),
    ]),
  };
}

/** As pandas reads it: one object per row, with what made the numbers beside it. */
export function rowsJson(rows: Rows, table: Table): string {
  const { name, revision, metric, N, note, theta } = rows;
  const made = { checkpoint: name, revision, metric, n: N, default_threshold: theta, note };
  return JSON.stringify({ ...made, rows: records(table) }, null, 1);
}
