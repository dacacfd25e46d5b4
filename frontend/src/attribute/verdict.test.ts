import { describe, expect, test } from 'vitest';
import type { MeasureSummary } from '../contracts';
import type { Measure } from './faithful_tables';
import { type VerdictInput, agreeingGroups, standings, verdictWords as sentences } from './verdict';

const MEASURES: Measure[] = [
  ['comprehensiveness', 'Comprehensiveness', 1, ''],
  ['deletion_area', 'Deletion area', -1, ''],
];

/** Random orders reach 0.4 to 0.6. */
const summary = (...values: number[]): Record<string, MeasureSummary> =>
  Object.fromEntries(MEASURES.map(([name], i) => [name, { value: values[i], random: 0.5, interval: [0.4, 0.6] }]));

const verdictWords = (input: VerdictInput): string => sentences(input).join(' ');
const nothing: VerdictInput = { target: 'Business', computed: [], measured: [], measures: MEASURES, agreement: null };
const computed = (title: string, error: number | null, converged = true) => ({ title, error, converged });

describe('the verdict', () => {
  test('without any attribution it says what to do', () => {
    expect(verdictWords(nothing)).toMatch(/^Nothing has been computed for Business yet\. Choose “Fast”.*press Run\.$/);
  });

  test('names the best, and who beats random orders on how many measures', () => {
    const measured = [
      { title: 'LIME', summary: summary(0.9, 0.1) }, // beats chance on both, best on both
      { title: 'Saliency', summary: summary(0.7, 0.5) }, // on one
      { title: 'Occlusion', summary: summary(0.3, 0.7) }, // worse than chance on both
    ];
    expect(standings(measured, MEASURES)).toEqual([
      { title: 'LIME', best: 2, beats: 2 },
      { title: 'Saliency', best: 0, beats: 1 },
      { title: 'Occlusion', best: 0, beats: 0 },
    ]);
    expect(verdictWords({ ...nothing, measured })).toBe(
      'For Business, LIME is best on 2 of 2 measures. LIME beats random orders on all 2; Saliency on 1 of 2; ' +
        'Occlusion on none. This is one input; tab Results compares the methods on many.',
    );
  });

  test('two equal values are both called best, also where smaller is better', () => {
    const measured = [
      { title: 'A', summary: summary(0.5, 0.9) },
      { title: 'B', summary: summary(0.5, 0.2) },
    ];
    const turned: Measure[] = MEASURES.map(([name, title, , says]) => [name, title, 1, says]);
    expect(standings(measured, MEASURES)).toMatchObject([{ best: 1 }, { best: 2 }]);
    expect(standings(measured, turned)).toMatchObject([{ best: 2, beats: 1 }, { best: 1 }]);
  });

  test('with one method, none is called best', () => {
    const words = verdictWords({ ...nothing, measured: [{ title: 'LIME', summary: summary(0.9, 0.1) }] });
    expect(words).toMatch(/^For Business, LIME beats random orders on all 2 measures\. This is one input/);
    const none = verdictWords({ ...nothing, measured: [{ title: 'LIME', summary: summary(0.5, 0.5) }] });
    expect(none).toMatch(/^For Business, LIME beats random orders on no measure\. /);
  });

  test('without random orders nothing beats them', () => {
    const alone = { ...summary(0.9, 0.1), deletion_area: { value: 0.1, random: null, interval: null } };
    expect(standings([{ title: 'A', summary: alone }], MEASURES)[0].beats).toBe(1);
  });

  test('without measures it says whether the sums are complete, and that nothing was tested', () => {
    const words = verdictWords({
      ...nothing,
      computed: [computed('IG', 0.0004), computed('LIME', null), computed('Shapley', 0.12, false)],
    });
    expect(words).toBe(
      'IG accounts for the whole change of Business from the empty input (under 0.1% off). Shapley (12% off) does not: read ' +
        'these scores with care. No method was tested on this input yet: run “Careful”, or press “Measure faithfulness” below.',
    );
  });
});

describe('agreement', () => {
  const rows = [
    [1, 0.9, 0.75, 0.1],
    [0.9, 1, 0.6, -0.2],
    [0.75, 0.6, 1, 0.3],
    [0.1, -0.2, 0.3, 1],
  ];
  const agreement = { titles: ['A', 'B', 'C', 'D'], rows };

  test('every two of a group agree', () => {
    expect(agreeingGroups(agreement)).toEqual([[0, 1]]); // C agrees with A and not with B
  });

  test('is reported with its numbers', () => {
    const words = verdictWords({ ...nothing, computed: [computed('A', null)], agreement });
    expect(words).toContain(
      'A and B agree with each other (rank correlation +0.90), C and D with no other (at most +0.75).',
    );
  });

  test('is reported for methods that all disagree, too', () => {
    const some = { titles: ['A', 'D'], rows: [[1, 0.1], [0.1, 1]] }; // prettier-ignore
    expect(verdictWords({ ...nothing, computed: [computed('A', null)], agreement: some })).toContain(
      'A and D do not agree well about the order of the words (rank correlation +0.10).',
    );
  });

  test('is not reported for scores without an order', () => {
    const some = { titles: ['A', 'D'], rows: [[null, null], [null, null]] }; // prettier-ignore
    expect(verdictWords({ ...nothing, computed: [computed('A', null)], agreement: some })).not.toContain('agree');
  });
});
