/**
 * The plain answer: which θ, and what is lost. Made of the numbers on screen alone.
 *
 * at: what is measured at θ; all: where every token reads; intervals: null while they are not there yet.
 */
import { clip, grouped, percent, quote, thetaText } from '../format';
import type { Stretch } from '../breakpoints';
import type { Trace } from '../trace';
import { type Choice, enoughToChoose } from './choose';
import { TINY, boundsText, ciText, differenceText, qualityText, rowsText, shareText, sizeText } from './format';
import { FEW, type Intervals, rowsBehind, tooFew, wilson } from './intervals';
import type { Calibration, Measured } from './measure';
import type { Entry, Rows } from './rows';

export interface AtTheta extends Measured {
  theta: number;
}

const UNSEEN = 0.02; // a loss up to this may be said not to be seen; where more is possible, nothing is known
const NEAR = 0.05; // a stored share that is not farther away stands for this one

export const tooFewRows = (n: number): string => (n === 1 ? 'One row is too little' : `${grouped(n)} rows are too few`);

export function rowsWords(rows: Rows, at: AtTheta, all: Measured, intervals: Intervals | null): string {
  return [
    qualityWords(rows, at, intervals),
    lossWords(rows, at, all, intervals),
    aloneWords(rows, at),
    rivalWords(rows, at),
    priceWords(rows, at),
  ]
    .filter(Boolean)
    .join(' ');
}

/** For the one who gets the file: what was decided, on what. */
export const settledWords = (rows: Rows, at: AtTheta, all: Measured, intervals: Intervals): string =>
  `${rowsWords(rows, at, all, intervals)} Brackets are 95% intervals over the ${grouped(rows.N)} rows (${rows.data}).`;

function qualityWords(rows: Rows, at: AtTheta, intervals: Intervals | null): string {
  const quality = qualityText(rows, at.quality) + (intervals ? ` ${boundsText(intervals.quality)}` : '');
  const over = `${rows.word} over ${rowsText(rows.N)} is ${quality}`;
  return `At θ = ${thetaText(at.theta)}, ${readWords(at.share)}, and ${over}.`;
}

function readWords(share: number): string {
  if (share === 0) return 'no token reads, since no gate is above θ';
  return share === 1 ? 'every token reads' : `${shareText(share)} of the tokens read`;
}

/** Against all tokens reading. Only what an interval excludes zero for is called a loss or a gain. */
function lossWords(rows: Rows, at: AtTheta, all: Measured, intervals: Intervals | null): string {
  const reading = `With full context: ${qualityText(rows, all.quality)}`;
  if (at.share === all.share) return `${reading}, the same.`;
  if (!intervals) return `${reading}, a difference of ${differenceText(at.quality - all.quality)} points.`;
  return `${reading}; ${differenceWords(rows.N, at.quality - all.quality, intervals.difference)}.`;
}

export function differenceWords(n: number, difference: number, [low, high]: readonly [number, number]): string {
  const size = Math.abs(difference) < TINY ? 'less than 0.05' : sizeText(difference);
  if (high < 0) return `${size} points are lost ${boundsText([-high, -low])}`;
  if (low > 0) return `reading less gains ${size} points ${boundsText([low, high])}`;
  const range = `${differenceText(difference)} points, ${ciText([low, high])}`;
  const most = Math.max(-low, high);
  if (most > UNSEEN) return `${tooFewRows(n)} to tell whether anything is lost (${range})`;
  return most < TINY ? 'the difference is less than 0.05 points either way' : `no measurable loss (${range})`;
}

const aloneWords = (rows: Rows, at: AtTheta): string =>
  at.share === 0
    ? 'This is the quality without context.'
    : `Without context: ${qualityText(rows, rows.direct[rows.metric] as number)}.`;

/** What a θ costs: an early router leaves the second text alone in rows in which no token reads. */
function priceWords(rows: Rows, at: AtTheta): string {
  if (!rows.early) return 'A higher θ saves no compute: this router decides after it has seen both texts.';
  const operations =
    at.compute === null
      ? ''
      : `, so that all rows together take ${shareText(at.compute)} of the operations of full context`;
  const reading = `In ${shareText(at.reading)} of the rows some token reads`;
  return `${reading}: only these need the second text encoded${operations}.`;
}

/** The stored gates that do not look, at the share next to this one at which there are gates to look. */
export function nearestEntry({ entries }: Rows, share: number): Entry | null {
  const distance = (entry: Entry) => Math.abs(entry.share - share);
  return entries
    .filter((entry) => entry.share > 0 && entry.share < 1 && distance(entry) < NEAR)
    .reduce<Entry | null>((best, entry) => (!best || distance(entry) < distance(best) ? entry : best), null);
}

const STATIC_WORDS: Record<string, string> = {
  constant: 'every token by the same part',
  leading: 'the first tokens of a row',
  even: 'tokens at equal distances',
};

/** Why nothing can be said of random reading at a share; empty where it can. */
export function noRival(rows: Rows, { share }: { share: number }): string {
  if (rowsBehind(rows) < 2 * FEW) return `${tooFewRows(rows.N)} to tell whether the gates beat random reading.`;
  if (!readingCounts(rows))
    return 'Full context makes no measurable difference here, so no choice of tokens can beat another.';
  return share === 0 || share === 1 ? 'Random reading would do the same here.' : '';
}

/** The gates beside gates that do not look, or why there is nothing to compare with. */
export function rivalWords(rows: Rows, at: { share: number }): string {
  const why = noRival(rows, at);
  if (why) return why;
  const near = nearestEntry(rows, at.share);
  if (!near) return '';
  const [name, best] = Object.entries(near.static).reduce((a, b) => (b[1] > a[1] ? b : a));
  const same = Math.abs(near.share - at.share) < TINY;
  const where = same ? 'the same share' : `a share of ${shareText(near.share)}, the nearest measured`;
  const random = `${qualityText(rows, near.random)} ${boundsText(randomBounds(rows, near))}`;
  const fixed = qualityText(rows, best);
  return (
    `Random reading at ${where}: ${random}; the best fixed rule (${STATIC_WORDS[name] ?? name}): ${fixed}. ` +
    rivalVerdict(near, best)
  );
}

/** Whether the context is worth anything on these rows: where all tokens read, against none. */
function readingCounts({ entries }: Rows): boolean {
  const ci = entries.find(({ theta }) => theta === 0)?.minusDirect?.ci;
  return !ci || ci[0] > 0 || ci[1] < 0;
}

export function randomBounds(rows: Rows, near: Entry): [number, number] {
  const n = rowsBehind(rows);
  return tooFew(near.random, n) ? wilson(near.random, n) : near.randomCi;
}

/** The gates against the better of both rivals, at the θ at which all three were measured. */
function rivalVerdict(near: Entry, best: number): string {
  const { difference, ci } = near.random > best ? near.minusRandom : near.minusStatic;
  const points = sizeText(difference);
  if (ci[0] > 0) return `The gates beat the better of the two by ${points} points ${boundsText(ci)}.`;
  if (ci[1] < 0) return `The better of the two beats the gates by ${points} points ${boundsText([-ci[1], -ci[0]])}.`;
  return `No measurable gain over the better of the two (${differenceText(difference)} points, ${ciText(ci)}).`;
}

/** intervals: on the half that did not choose. */
export function choiceWords(rows: Rows, choice: Choice | null, intervals: Intervals | null = null): string {
  if (!enoughToChoose(rows)) return `${tooFewRows(rows.N)} to choose a θ by.`;
  if (!choice) return 'No threshold meets this.';
  const { theta, chosenOn: mine, judgedOn: theirs, judgedReading } = choice;
  const bounds = intervals ? ` ${boundsText(intervals.quality)}` : '';
  const difference = theirs.quality - judgedReading.quality;
  const loss = !intervals
    ? ''
    : theirs.share === 1
      ? ', as with full context'
      : `; full context gives ${qualityText(rows, judgedReading.quality)}: ` +
        differenceWords(theirs.n, difference, intervals.difference);
  return (
    `θ = ${thetaText(theta)}. Tuning half: ${shareText(mine.share)} read, ` +
    `${rows.word} ${qualityText(rows, mine.quality)}. Held-out half: ${shareText(theirs.share)} read, ` +
    `${rows.word} ${qualityText(rows, theirs.quality)}${bounds}${loss}.`
  );
}

export function calibrationWords(rows: Rows, { error, counts }: Calibration): string {
  const top = counts[counts.length - 1] / rows.N;
  return (
    `On average the probability of the answer and how often it is right differ by ${(100 * error).toFixed(1)} points ` +
    `(expected calibration error, ten bins). ${percent(top)} of the answers have a probability above 90%. ` +
    'Dots below the diagonal: overconfident.'
  );
}

/** One input at every θ: where the answer changes, and how far each flow's own answer holds. */
export function bandWords(trace: Trace, stretches: Stretch[], alone: number, always: number): string {
  if (!trace.answers)
    return (
      'Generated text is no sum of contributions: another θ needs a rerun. ' +
      'The steps below show which tokens would read.'
    );
  const name = (c: number) => quote(trace.nameOf(c));
  const first = stretches[0].answer!;
  const changes = stretches.filter((stretch, i) => i && stretch.answer !== stretches[i - 1].answer);
  if (!changes.length) return `The answer is ${name(first)} at every θ.`;
  const at = changes.map((stretch) => `${thetaText(stretch.low)} (to ${name(stretch.answer!)})`);
  const until = stretches.find((stretch) => stretch.answer !== always);
  const from = stretches.slice(stretches.findLastIndex((stretch) => stretch.answer !== alone) + 1)[0];
  const kept: string[] = [];
  if (until && first === always)
    kept.push(`The answer with full context, ${name(always)}, holds below θ = ${thetaText(until.low)}.`);
  if (from) kept.push(`The answer without context, ${name(alone)}, holds from θ = ${thetaText(from.low)} on.`);
  const said = `From ${name(first)} at θ = 0 the answer changes at θ = ${shortList(at)}.`;
  return changes.length === 1 ? said : [said, ...kept].join(' '); // of one change, that says it all
}

const shortList = (items: string[], most = 4): string =>
  items.length <= most ? items.join(', ') : `${items.slice(0, most).join(', ')} and ${items.length - most} more`;

/** What of a text stands in a cell. */
export const cellText = (text: string): string => clip(text, 160);
