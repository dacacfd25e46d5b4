import { expect, test } from 'vitest';
import { makeTrace } from '../testing/golden';
import { replay, tracedView } from './replay';
import { csvOf, viewJson, viewTable } from './table';

test('a cell that a spreadsheet would run is marked as text', () => {
  const rows = [['=1+1', -1], ['-3', 'a "b", c'], ['@x', null]]; // prettier-ignore
  expect(csvOf({ columns: ['x', 'y'], rows })).toBe('x,y\n\'=1+1,-1\n-3,"a ""b"", c"\n\'@x,\n');
});

test.each(['two flows', 'spans', 'written', 'no context'])('the table of %s has a row for every token', (name) => {
  const trace = makeTrace(name);
  const view = tracedView(trace);
  const outcome = replay(trace, view);
  const table = viewTable(trace, outcome, outcome.best, null);
  expect(table.rows.length).toBe(trace.T + trace.S);
  for (const row of table.rows) expect(row.length).toBe(table.columns.length);
  const parsed = JSON.parse(viewJson(trace, view, outcome, outcome.best, table)) as { rows: object[]; policy: string };
  expect(parsed.rows.length).toBe(table.rows.length);
  expect(parsed.policy).toBe(trace.policy);
});
