/** Names in little room: broken between words, and cut between words where even that takes too many lines. */
import { breakable } from './format';

export type Fits = (line: string) => boolean;

/** At most `most` lines; a last one that was cut ends in `…`. */
export function nameLines(name: string, fits: Fits, most = 2): string[] {
  const lines = [''];
  for (const part of breakable(name).split(/(?<=[\s\u200b])/)) {
    const last = lines.length - 1;
    const longer = lines[last] + part;
    if (!lines[last] || fits(printed(longer))) lines[last] = longer;
    else if (lines.length < most) lines.push(part);
    else return [...lines.slice(0, last).map((line) => whole(line, fits)), cut(`${longer}…`, fits)];
  }
  return lines.map((line) => whole(line, fits));
}

const printed = (line: string): string => line.replaceAll('\u200b', '').trim();

const whole = (line: string, fits: Fits): string => (fits(printed(line)) ? printed(line) : cut(line, fits));

/** The words of the line that fit; of a single long word its letters. */
function cut(line: string, fits: Fits): string {
  const parts = line.split(/(?<=[\s\u200b])/);
  for (let n = parts.length - 1; n > 0; n--) {
    const shorter = `${printed(parts.slice(0, n).join('')).replace(/[\s,:;(–-]+$/, '')}…`;
    if (shorter !== '…' && fits(shorter)) return shorter;
  }
  const letters = [...new Intl.Segmenter().segment(printed(parts[0]).replace(/…$/, ''))].map(({ segment }) => segment);
  while (letters.length > 1 && !fits(`${letters.join('')}…`)) letters.pop();
  return `${letters.join('')}…`;
}
