/** Numbers and names as the page writes them; `dualroute/numerals.py` writes numbers in the same way. */

/** With so many decimals and a true minus sign; what rounds to zero has no sign. */
export const fixed = (value: number, digits = 3): string =>
  (roundsBelowZero(value, digits) ? '−' : '') + size(value, digits);

/** With a sign before it, `+0.40` or `−0.40`; what rounds to zero has none. */
export const signed = (value: number, digits = 2): string =>
  (roundsBelowZero(-value, digits) ? '+' : '') + fixed(value, digits);

/** Without decimals; only exactly 0 is `0%`, only exactly 1 is `100%`. */
export function percent(share: number): string {
  const shown = 100 * share;
  if (shown > 0 && shown < 1) return '<1%';
  return shown > 99 && shown < 100 ? '>99%' : `${Math.round(shown)}%`;
}

/** `24.3%`. */
export const percentage = (share: number, digits = 1): string => `${fixed(100 * share, digits)}%`;

export const clip = (text: string, length = 24): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;

/** With places to break a line at in `ReserveRestaurant` and `Adventure/Animation`. */
export const breakable = (text: string): string => text.replace(/(\p{Ll})(?=\p{Lu})|([/_|])/gu, '$&\u200b');

/** A token without the mark of a word's later part. */
export const plainToken = (token: string): string => token.replace(/^##/, '·');

export const quote = (token: string): string => `“${clip(plainToken(token))}”`;

export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

export const grouped = (n: number): string => n.toLocaleString('en');

export const thetaText = (theta: number): string => theta.toFixed(3);

export const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** An error as a part of a sentence, which has a full stop of its own. */
export const withoutStop = (sentence: string): string => sentence.replace(/\.$/, '');

/** A change of a probability in percentage points; a change that cannot be told is a dash. */
export function points(share: number): string {
  if (Number.isNaN(share)) return '–';
  return `${signed(100 * share, 1)} points`;
}

const size = (value: number, digits: number): string => Math.abs(value).toFixed(digits);

const roundsBelowZero = (value: number, digits: number): boolean => value < 0 && Number(size(value, digits)) > 0;
