/** Numbers and names as the page writes them. */
export function percent(share: number): string {
  const shown = 100 * share;
  const text = shown > 0 && shown < 1 ? '<1' : shown > 99 && shown < 100 ? '>99' : String(Math.round(shown));
  return `${text} %`;
}

export const signed = (value: number, digits = 2): string => (value < 0 ? '−' : '+') + Math.abs(value).toFixed(digits);

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
  const sign = share < -0.0005 ? '−' : share > 0.0005 ? '+' : '±';
  return `${sign}${(100 * Math.abs(share)).toFixed(1)} points`;
}
