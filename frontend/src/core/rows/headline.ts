/** The three figures on top of the tab: how good, how much is read, and what the choice of tokens is worth. */
import { sumOf } from '../arrays';
import { capital, fixed, grouped } from '../format';
import { TINY, ciText, differenceText, qualityText, shareText } from './format';
import { type Intervals, wilson } from './intervals';
import type { Measured } from './measure';
import type { Interval } from './resample';
import { type Rows, readIn } from './rows';
import { type AtTheta, differenceWords, nearestEntry, noRival, randomBounds } from './words';

export interface Headline {
  title: string;
  value: string;
  /** `95% CI 88.5 to 90.0`; null while it is not there yet. */
  interval: string | null;
  note: string;
}

const Z = 1.959964;

/** All three at θ; all: where every token reads; intervals: null while they are not there yet. */
export const headlines = (
  rows: Rows,
  states: Int32Array,
  at: AtTheta,
  all: Measured,
  intervals: Intervals | null,
): [Headline, Headline, Headline] => [
  qualityHeadline(rows, at, all, intervals),
  shareHeadline(rows, states, at),
  rivalHeadline(rows, at),
];

function qualityHeadline(rows: Rows, at: AtTheta, all: Measured, intervals: Intervals | null): Headline {
  const same = at.share === all.share;
  const against = `Full context: ${qualityText(rows, all.quality)}.`;
  const difference = at.quality - all.quality;
  const words = intervals && !same ? ` ${capital(differenceWords(rows.N, difference, intervals.difference))}.` : '';
  return {
    title: `${capital(rows.word)} (n = ${grouped(rows.N)})`,
    value: qualityText(rows, at.quality),
    interval: intervals && boundsWords(intervals.quality),
    note: same ? 'Full context: every token reads.' : against + words,
  };
}

function shareHeadline(rows: Rows, states: Int32Array, at: AtTheta): Headline {
  return {
    title: 'Tokens that read',
    value: shareText(at.share),
    interval: boundsWords(shareInterval(rows, states, at.share)),
    note: `Some token reads in ${shareText(at.reading)} of the rows. ${savingWords(rows, at)}`,
  };
}

const savingWords = ({ early }: Rows, { compute }: AtTheta): string =>
  !early ? 'No compute is saved.' : compute === null ? '' : `Compute: ${shareText(compute)} of full context.`;

function rivalHeadline(rows: Rows, at: AtTheta): Headline {
  const title = 'Points against random reading';
  const near = nearestEntry(rows, at.share);
  const why = noRival(rows, at) || (near ? '' : 'Random reading was not measured near this share.');
  if (why || !near) return { title, value: '–', interval: '', note: why };
  const same = Math.abs(near.share - at.share) < TINY;
  const where = same ? 'the same share' : `${shareText(near.share)}, the nearest share measured`;
  const { difference, ci } = near.minusRandom;
  return {
    title,
    value: differenceText(difference),
    interval: ciText(ci),
    note: `Random reading at ${where}: ${qualityText(rows, near.random)} (${boundsWords(randomBounds(rows, near))}).`,
  };
}

const boundsWords = ([low, high]: Interval): string => `95% CI ${fixed(100 * low, 1)} to ${fixed(100 * high, 1)}`;

/** Of a ratio of two sums over rows, linearised; where all rows are alike, of a share seen in that many rows. */
export function shareInterval(rows: Rows, states: Int32Array, share: number): Interval {
  const able = Array.from(states.keys()).filter((r) => rows.readable[r]);
  const total = sumOf(able.map((r) => rows.lengths[r]));
  const spread = sumOf(able.map((r) => (readIn(rows, r, states[r]) - share * rows.lengths[r]) ** 2));
  if (!spread) return wilson(share, Math.max(1, able.length));
  const arm = (Z * Math.sqrt(spread)) / total;
  return [Math.max(0, share - arm), Math.min(1, share + arm)];
}
