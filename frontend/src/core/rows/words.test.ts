import { describe, expect, test } from 'vitest';
import type { RowsPayload } from '../../contracts';
import { golden, makeTrace } from '../../testing/golden';
import { stretchesOf } from '../breakpoints';
import { halvesOf, chooseTheta } from './choose';
import { boundsText, differenceText, qualityText, shareText } from './format';
import { measure } from './measure';
import { type Rows, decodeRows, statesAt } from './rows';
import { changedRows, rowsJson, thetaTable } from './tables';
import { bandWords, choiceWords, differenceWords, rivalWords, rowsWords } from './words';

const data = golden<Record<string, { payload: RowsPayload }>>('rows');
const makeRows = (name: string): Rows => decodeRows(structuredClone(data[name].payload));

function wordsAt(rows: Rows, theta: number): string {
  const all = measure(rows, statesAt(rows, 0));
  return rowsWords(rows, { theta, ...measure(rows, statesAt(rows, theta)) }, all, null);
}

describe('a difference is called a loss or a gain only if its interval excludes zero', () => {
  test.each<[number, [number, number], string]>([
    [-0.047, [-0.055, -0.039], '4.7 points are lost [3.9, 5.5]'],
    [0.017, [0.013, 0.02], 'reading less gains 1.7 points [1.3, 2.0]'],
    [-0.00004, [-0.00008, -0.00001], 'less than 0.05 points are lost [0.0, 0.0]'],
    [-0.0001, [-0.003, 0.004], 'no measurable loss (0.0 points, 95% CI −0.3 to +0.4)'],
    [0, [-0.0001, 0.0002], 'the difference is less than 0.05 points either way'],
    [0.01, [-0.03, 0.05], '900 rows are too few to tell whether anything is lost (+1.0 points, 95% CI −3.0 to +5.0)'],
  ])('%d in %j', (difference, interval, words) => {
    expect(differenceWords(900, difference, interval)).toBe(words);
  });
});

describe('the router against random reading and fixed rules', () => {
  test.each<[[number, number], string]>([
    [[0.08, 0.1], 'The gates beat the better of the two by 9.0 points [8.0, 10.0].'],
    [[-0.1, -0.08], 'The better of the two beats the gates by 9.0 points [8.0, 10.0].'],
    [[-0.1, 0.1], 'No measurable gain over the better of the two (+9.0 points, 95% CI −10.0 to +10.0).'],
  ])('a lead of %j', (ci, words) => {
    const rows = makeRows('classes');
    const near = rows.entries.find(({ share }) => share > 0.2 && share < 0.8)!;
    for (const entry of rows.entries) entry.minusDirect = { difference: 0.15, ci: [0.1, 0.2] };
    near.minusRandom = near.minusStatic = { difference: 0.09, ci };
    expect(rivalWords(rows, near)).toContain(words);
    expect(rivalWords(rows, near)).toContain('Random reading at the same share: ');
  });

  test('with few rows the sentence says that they cannot tell', () => {
    const rows = makeRows('classes');
    rows.N = 12;
    expect(rivalWords(rows, { share: 0.5 })).toBe('12 rows are too few to tell whether the gates beat random reading.');
  });
});

test('the cost of θ is reported for early routers only', () => {
  const rows = makeRows('classes');
  expect(wordsAt(rows, 0.5)).toContain('A higher θ saves no compute');
  rows.early = true;
  rows.operations = Float32Array.from({ length: 2 * rows.N }, (_, i) => (i % 2 ? 3 : 1));
  const { compute } = measure(rows, statesAt(rows, 0.5));
  expect(wordsAt(rows, 0.5)).toContain(`take ${shareText(compute!)} of the operations of full context`);
});

test('the ends of θ are named', () => {
  const rows = makeRows('classes');
  expect(wordsAt(rows, 1)).toContain('no token reads, since no gate is above θ');
  expect(wordsAt(rows, 1)).toContain('This is the quality without context.');
  expect(wordsAt(rows, 0)).toContain(', the same.');
});

test('a choice is reported with the numbers of the half that did not make it', () => {
  const rows = makeRows('classes');
  const choice = chooseTheta(rows, halvesOf(rows), () => 500);
  expect(choiceWords(rows, choice)).toMatch(/^θ = 0\.500\. Tuning half: .* read, accuracy .*\. Held-out half: /);
  expect(choiceWords(rows, null)).toBe('No threshold meets this.');
});

test.each(['two flows', 'spans', 'equal sizes'])('one input at every θ: %s', (name) => {
  const trace = makeTrace(name);
  const stretches = stretchesOf(trace, { policy: 'threshold', overrides: new Map() });
  const answers = stretches.map(({ answer }) => answer!);
  const words = bandWords(trace, stretches, answers.at(-1)!, answers[0]);
  const changes = answers.filter((answer, i) => i && answer !== answers[i - 1]).length;
  if (!changes) expect(words).toMatch(/^The answer is .* at every θ\.$/);
  else
    expect(words).toMatch(
      changes === 1 ? /^From [^.]*0\.\d{3}[^.]*\.$/ : / The answer without context, .* holds from θ = /,
    );
});

test('the files have a row for every θ, and one for every row that changes', () => {
  const rows = makeRows('spans');
  expect(thetaTable(rows).rows.length).toBe(101);
  const table = changedRows(rows, statesAt(rows, 0), statesAt(rows, 1));
  for (const row of table.rows) expect(row.length).toBe(table.columns.length);
  expect(JSON.parse(rowsJson(rows, table))).toMatchObject({ checkpoint: 'news', n: rows.N });
});

test('qualities, shares, differences and bounds as the page writes them', () => {
  expect([qualityText({ percent: true }, 0.8934), qualityText({ percent: false }, NaN)]).toEqual(['89.3%', '–']);
  expect([0, 0.0001, 0.5, 0.9999, 1].map(shareText)).toEqual(['0.0%', '<0.1%', '50.0%', '>99.9%', '100.0%']);
  expect([0.0001, -0.02, NaN].map(differenceText)).toEqual(['0.0', '−2.0', '–']);
  expect(boundsText([-0.031, 0.0001])).toBe('[−3.1, 0.0]');
});
