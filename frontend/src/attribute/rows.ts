/** Tracks as rows of a figure: what the grid, the pictures and the files are drawn from. */
import { largestSize } from '../core/arrays';
import { clip, fixed, plainToken, signed } from '../core/format';
import { plainNumber } from '../core/quantities';
import { scoreScale } from '../core/reading';
import { joinTokens } from '../core/spans';
import { isGate, targetWords } from '../core/targets';
import type { Trace } from '../core/trace';
import type { ShownTrack } from './tracks';

/** A score of the tokens [from, to). */
export interface Unit {
  from: number;
  to: number;
  value: number;
}

export interface FigureRow {
  title: string;
  /** Title and target in one, and the target alone. */
  short: string;
  detail: string;
  kind: 'signed' | 'unsigned' | 'gate';
  units: Unit[];
  /** Whether it is about gates. */
  gate: boolean;
  /** The number that fills a bar. */
  top: number;
  stale: string;
  warning: string;
  help: string;
}

/** Every track fills its height, or all tracks of a kind share one scale. */
export type Scale = 'own' | 'one';

/** groups: the tokens of each unit; empty where each token is one. */
export const unitsOf = (scores: number[], groups: [number, number][]): Unit[] =>
  scores.map((value, i) => {
    const [from, to] = groups.length ? groups[i] : [i, i + 1];
    return { from, to, value };
  });

const largest = ({ scores, contextScores, target }: ShownTrack) =>
  scoreScale([...scores, ...contextScores], isGate(target));

export function figureRows(trace: Trace, tracks: ShownTrack[], side: 'x' | 'h', scale: Scale): FigureRow[] {
  const shared = (gate: boolean) => Math.max(...tracks.filter(({ target }) => isGate(target) === gate).map(largest));
  const rows = tracks.map((track): FigureRow => {
    const target = targetWords(trace, track.target, track.label);
    return {
      title: track.title,
      short: `${track.title} → ${target}`,
      detail: detailWords(track, target),
      kind: track.signed ? 'signed' : 'unsigned',
      units: side === 'x' ? unitsOf(track.scores, track.groups) : unitsOf(track.contextScores, track.contextGroups),
      gate: isGate(track.target),
      top: scale === 'one' ? shared(isGate(track.target)) : largest(track),
      stale: track.stale,
      warning: track.warning,
      help: track.help,
    };
  });
  return side === 'x' ? [gateRow(trace), ...rows] : rows;
}

/** What the scores of a track are of. */
function detailWords({ target, method, signed: hasSigns, value, baselineValue }: ShownTrack, words: string): string {
  if (method === 'exact') return `to the score of ${words}`;
  if (isGate(target) && value !== undefined && baselineValue !== undefined)
    return `→ ${words}: ${baselineValue.toFixed(2)} if empty, ${value.toFixed(2)} here`;
  return hasSigns ? `→ ${words}, change from empty input` : `→ ${words}`;
}

/** The gate of the empty input beside the input's own: without it, words that closed the gates look like a mistake. */
export function gateWords(trace: Trace, tracks: ShownTrack[]): string {
  const track = tracks.find(({ target, value, stale }) => isGate(target) && value !== undefined && !stale);
  if (track?.value === undefined || track.baselineValue === undefined) return '';
  const { value, baselineValue } = track;
  const words = targetWords(trace, track.target, track.label);
  const [before, after] = [baselineValue, value].map((gate) => fixed(gate, 2));
  if (before === after)
    return `The ${words} is ${after} for this input as for the empty one: together, the words hardly move it.`;
  const side =
    value < baselineValue
      ? 'So the words together close it: their scores add up to less than zero.'
      : 'So the words together open it: their scores add up to more than zero.';
  return `The ${words} is ${before} for the empty input and ${after} for this one. ${side}`;
}

const gateRow = ({ hName, reading }: Trace): FigureRow => ({
  title: 'Gate',
  short: 'gate',
  detail: `how much it wants to read the ${hName}`,
  kind: 'gate',
  gate: true,
  top: 1,
  stale: '',
  warning: '',
  help: '',
  units: Array.from(reading, (value, t) => ({ from: t, to: t + 1, value })),
});

export interface NamedUnit extends Unit {
  name: string;
}

export const namedUnits = (tokens: string[], scores: number[], groups: [number, number][]): NamedUnit[] =>
  unitsOf(scores, groups).map((unit) => ({ ...unit, name: joinTokens(tokens.slice(unit.from, unit.to)) }));

const TELLING = 0.15; // of the largest score: what is smaller is not named

/** The main track in words: the first thing to read. */
export function readingWords(trace: Trace, track: ShownTrack): string {
  const own = namedUnits(trace.tokens, track.scores, track.groups);
  const read = namedUnits(trace.contextTokens, track.contextScores, track.contextGroups);
  const inBoth = own.map(({ name }) => name).filter((name) => read.some((unit) => unit.name === name));
  const placed = (some: NamedUnit[], text: string) =>
    some.map((unit) => ({ ...unit, text: inBoth.includes(unit.name) ? ` (${text})` : '' }));
  const units = [...placed(own, trace.xName), ...placed(read, trace.hName)].sort((a, b) => b.value - a.value);
  const least = TELLING * largestSize(units.map(({ value }) => value));
  const up = units.filter(({ value }) => value > least).slice(0, 3);
  const down = units
    .filter(({ value }) => value < -least)
    .slice(-3)
    .reverse();
  const list = (some: typeof units) =>
    some
      .map(
        ({ name, text, value }) =>
          `“${clip(plainToken(name), 48)}”${text} ${track.signed ? signed(value) : value.toFixed(2)}`,
      )
      .join(', ');
  const target = targetWords(trace, track.target, track.label);
  if (!track.signed) return `${track.title}: what mattered most to ${target} was ${list(units.slice(0, 3))}.`;
  const gate = isGate(track.target);
  const words: string[] = [];
  if (up.length) words.push(`${gate ? `opened the ${target}` : `raised ${target}`} most: ${list(up)}`);
  if (down.length) words.push(`${gate ? 'closed' : 'lowered'} it most: ${list(down)}`);
  return `${track.title}: ${words.join('; ') || 'nothing moved it much'}.`;
}

/** Three digits; of what is smaller than they can show three significant ones. */
const fewDigits = (value: number): string =>
  value !== 0 && Math.abs(value) < 0.001 ? plainNumber(value) : value.toFixed(3);

export const numberWords = ({ kind }: FigureRow, value: number): string =>
  kind === 'signed' ? (value < 0 ? '−' : '+') + fewDigits(Math.abs(value)) : fewDigits(value);
