/** Qualities, shares and differences of rows as the page writes them. */
import { fixed, grouped, percentage, signed } from '../format';
import type { Rows } from './rows';

/** What is smaller is written as 0.0 and has no sign. */
export const TINY = 0.0005;

/** `89.3%`, or `73.6` where a percentage would be wrong. */
export const qualityText = (rows: Pick<Rows, 'percent'>, value: number): string =>
  Number.isNaN(value) ? '–' : rows.percent ? percentage(value) : fixed(100 * value, 1);

export function shareText(share: number): string {
  if (share > 0 && share < 0.0005) return '<0.1%';
  return share < 1 && share > 0.9995 ? '>99.9%' : percentage(share);
}

/** `1 row`, `6,799 rows`. */
export const rowsText = (n: number): string => `${grouped(n)} row${n === 1 ? '' : 's'}`;

/** The size of a difference in percentage points. */
export const sizeText = (value: number): string => Math.abs(100 * value).toFixed(1);

export const differenceText = (difference: number): string =>
  Number.isNaN(difference) ? '–' : signed(100 * difference, 1);

export const boundsText = ([low, high]: readonly [number, number]): string =>
  `[${fixed(100 * low, 1)}, ${fixed(100 * high, 1)}]`;

/** `95% CI −0.3 to +0.3`, of a difference. */
export const ciText = ([low, high]: readonly [number, number]): string =>
  `95% CI ${differenceText(low)} to ${differenceText(high)}`;
