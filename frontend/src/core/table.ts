/** Tables that are taken along as CSV, JSON or Parquet. */
import type { AttributionPayload } from '../contracts';
import { contextReading } from './reading';
import { lookedAt } from './readouts';
import { type Outcome, type View, flowName } from './replay';
import type { Trace } from './trace';

/** null: an empty cell. */
export type Cell = string | number | boolean | null;

export interface Table {
  columns: string[];
  rows: Cell[][];
}

export function csvOf({ columns, rows }: Table): string {
  return `${[columns, ...rows].map((row) => row.map(csvCell).join(',')).join('\n')}\n`;
}

function csvCell(value: Cell): string {
  const text = String(value ?? '');
  // A spreadsheet would run what looks like a formula.
  const formula = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text));
  const safe = formula ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

export const records = ({ columns, rows }: Table): Record<string, Cell>[] =>
  rows.map((row) => Object.fromEntries(row.map((value, i) => [columns[i], value])));

const PART_COLUMNS = {
  classification: ['by_itself', 'from_context'],
  span: ['start_by_itself', 'start_from_context', 'end_by_itself', 'end_from_context'],
  generation: [],
};

/** The numbers of a view: one row per token of x, then one per token of the context. */
export function viewTable(trace: Trace, outcome: Outcome, label: number, scores: AttributionPayload | null): Table {
  const attributed = ['pushed_answer', 'opened_gates', 'was_read', 'adds'];
  const columns = [
    ...['text', 'index', 'token', 'gate', 'flow'],
    ...PART_COLUMNS[trace.readout],
    ...(trace.answers ? attributed : ['looked_at', 'was_read']),
  ];
  const { read, gain } = contextReading(trace, outcome.rho, label, -1);
  return {
    columns,
    rows: [
      ...trace.tokens.map((_, t) => tokenCells(trace, outcome, label, scores, t)),
      ...trace.contextTokens.map((_, s) => contextCells(trace, scores, s, read[s], gain[s])),
    ],
  };
}

function tokenCells(
  trace: Trace,
  outcome: Outcome,
  label: number,
  scores: AttributionPayload | null,
  t: number,
): Cell[] {
  const parts = trace.parts(t, label).flatMap(([own, got]) => [outcome.kappa[t] * own, outcome.rho[t] * got]);
  const scored = scores ? [scores.prediction.scores[t], scores.gate.scores[t]] : [null, null];
  const head = [trace.xName, t, trace.tokens[t], trace.reading[t], flowName(trace, outcome.weights, t)];
  return [...head, ...parts, ...(trace.answers ? [...scored, null, null] : [lookedAt(trace, trace.piece, t), null])];
}

function contextCells(trace: Trace, scores: AttributionPayload | null, s: number, read: number, gain: number): Cell[] {
  const scored = scores ? [scores.prediction.contextScores[s], scores.gate.contextScores[s]] : [null, null];
  const empty = PART_COLUMNS[trace.readout].map(() => null);
  const head = [trace.hName, s, trace.contextTokens[s], null, null, ...empty];
  return [...head, ...(trace.answers ? [...scored, read, gain] : [null, read])];
}

/** The table as pandas reads it: one object per row, with what made the numbers beside it. */
export function viewJson(trace: Trace, view: View, outcome: Outcome, label: number, table: Table): string {
  const overrides = Object.fromEntries([...view.overrides].map(([t, flow]) => [t, trace.flows[flow]]));
  const decision = { policy: view.policy, threshold: view.theta, overrides };
  const answer = trace.written
    ? { text: trace.written.text }
    : { answer: trace.nameOf(outcome.best), explained: trace.nameOf(label) };
  const { made, checkpoint, x, h } = trace;
  return JSON.stringify({ made, checkpoint, x, h, ...decision, ...answer, rows: records(table) }, null, 1);
}
