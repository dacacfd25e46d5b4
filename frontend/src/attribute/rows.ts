/** Tracks as rows of a figure: what the grid, the pictures and the files are drawn from. */
import { largestSize } from '../core/arrays';
import { quote, signed } from '../core/format';
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
  /** The number that fills a bar. */
  top: number;
  stale: string;
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

const largest = ({ scores, contextScores }: ShownTrack) => largestSize([...scores, ...contextScores]);

export function figureRows(trace: Trace, tracks: ShownTrack[], side: 'x' | 'h', scale: Scale): FigureRow[] {
  const shared = (gate: boolean) => Math.max(...tracks.filter(({ target }) => isGate(target) === gate).map(largest));
  const rows = tracks.map((track): FigureRow => {
    const target = targetWords(trace, track.target, track.label);
    return {
      title: track.title,
      short: `${track.title} → ${target}`,
      detail: `→ ${target}`,
      kind: track.signed ? 'signed' : 'unsigned',
      units: side === 'x' ? unitsOf(track.scores, track.groups) : unitsOf(track.contextScores, track.contextGroups),
      top: scale === 'one' ? shared(isGate(track.target)) : largest(track),
      stale: track.stale,
      help: track.help,
    };
  });
  return side === 'x' ? [gateRow(trace), ...rows] : rows;
}

const gateRow = ({ hName, reading }: Trace): FigureRow => ({
  title: 'Gate',
  short: 'gate',
  detail: `how much it wants to read the ${hName}`,
  kind: 'gate',
  top: 1,
  stale: '',
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
  const units = [
    ...namedUnits(trace.tokens, track.scores, track.groups),
    ...namedUnits(trace.contextTokens, track.contextScores, track.contextGroups),
  ].sort((a, b) => b.value - a.value);
  const least = TELLING * largestSize(units.map(({ value }) => value));
  const up = units.filter(({ value }) => value > least).slice(0, 3);
  const down = units
    .filter(({ value }) => value < -least)
    .slice(-3)
    .reverse();
  const list = (some: NamedUnit[]) =>
    some.map(({ name, value }) => `${quote(name)} ${track.signed ? signed(value) : value.toFixed(2)}`).join(', ');
  const target = targetWords(trace, track.target, track.label);
  if (!track.signed) return `${track.title}: what mattered most to ${target} was ${list(units.slice(0, 3))}.`;
  const gate = isGate(track.target);
  const words: string[] = [];
  if (up.length) words.push(`${gate ? `opened the ${target}` : `raised ${target}`} most: ${list(up)}`);
  if (down.length) words.push(`${gate ? 'closed' : 'lowered'} it most: ${list(down)}`);
  return `${track.title}: ${words.join('; ') || 'nothing moved it much'}.`;
}

/** Three digits; of what is smaller than they can show two significant ones. */
const fewDigits = (value: number): string =>
  value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(1).replace('-', '−') : value.toFixed(3);

export const numberWords = ({ kind }: FigureRow, value: number): string =>
  kind === 'signed' ? (value < 0 ? '−' : '+') + fewDigits(Math.abs(value)) : fewDigits(value);
