/** What the measures on screen come to, in a few sentences. Pure: numbers in, words out. */
import type { MeasureSummary } from '../contracts';
import { percentage, signed } from '../core/format';
import type { Measure } from './faithful_tables';

/** A method whose scores are on screen for the target. error: share of the change that its scores miss; null: no promise. */
export interface Computed {
  title: string;
  error: number | null;
  converged: boolean;
}

export interface Measured {
  title: string;
  summary: Record<string, MeasureSummary>;
}

/** Rank correlations of the methods that explain the same change. */
export interface Agreeing {
  titles: string[];
  rows: (number | null)[][];
}

export interface VerdictInput {
  /** The target in words. */
  target: string;
  computed: Computed[];
  measured: Measured[];
  /** Of which way is better here: those of a target that the input lowers are turned. */
  measures: Measure[];
  agreement: Agreeing | null;
}

const AGREE = 0.7; // from here on two rank correlations count as agreement
const EQUAL = 1e-9;

/** Sentences, the most telling first. */
export function verdictWords(input: VerdictInput): string[] {
  const { measured, computed, target } = input;
  const agreement = agreementWords(input.agreement);
  if (measured.length) return [...faithfulWords(input), agreement, ONE_INPUT].filter(Boolean);
  if (!computed.length)
    return [
      `Nothing has been computed for ${target} yet.`,
      'Choose “Fast” for a first answer or “Careful” to have the methods compared and tested, then press Run.',
    ];
  return [sumWords(computed, target), agreement, NOT_TESTED].filter(Boolean);
}

const ONE_INPUT = 'This is one input; tab Results compares the methods on many.';
const NOT_TESTED = 'No method was tested on this input yet: run “Careful”, or press “Measure faithfulness” below.';

/** By title: on how many measures it has the best value, and on how many it beats 95% of the random orders. */
export function standings(measured: Measured[], measures: Measure[]): { title: string; best: number; beats: number }[] {
  return measured.map(({ title, summary }) => {
    const count = (holds: (name: string, sign: number) => boolean) =>
      measures.filter(([name, , sign]) => name in summary && holds(name, sign)).length;
    return {
      title,
      best: count((name, sign) =>
        measured.every(({ summary: other }) => sign * (summary[name].value - other[name].value) >= -EQUAL),
      ),
      beats: count((name, sign) => beatsChance(summary[name], sign)),
    };
  });
}

/** Whether a value lies beyond what 95% of the random orders reach, on the better side. */
export const beatsChance = ({ value, interval }: MeasureSummary, sign: number): boolean =>
  !!interval && (sign > 0 ? value > interval[1] : value < interval[0]);

function faithfulWords(input: VerdictInput): string[] {
  const all = standings(input.measured, input.measures);
  const total = input.measures.length;
  const words: string[] = [];
  const most = Math.max(...all.map(({ best }) => best));
  const best = all.filter((one) => one.best === most).map(({ title }) => title);
  if (all.length > 1) {
    const be = best.length === 1 ? 'is' : 'are each';
    words.push(`For ${input.target}, ${listOf(best)} ${be} best on ${most} of ${total} measures.`);
  }
  const groups = [...new Set(all.map(({ beats }) => beats))].sort((a, b) => b - a);
  const parts = groups.map((beats, i) => {
    const titles = all.filter((one) => one.beats === beats).map(({ title }) => title);
    const verb = i ? '' : titles.length === 1 ? ' beats random orders' : ' beat random orders';
    return `${listOf(titles)}${verb} on ${beats === total ? `all ${total}` : beats ? `${beats} of ${total}` : 'none'}`;
  });
  if (all.length > 1) return [...words, `${parts.join('; ')}.`];
  const [{ title, beats }] = all;
  const on = beats === total ? `all ${total} measures` : `${beats} of ${total} measures`;
  return [
    `For ${input.target}, ${title} ${beats ? `beats random orders on ${on}` : 'beats random orders on no measure'}.`,
  ];
}

/** Whether the scores account for the change they promise to add up to. */
function sumWords(computed: Computed[], target: string): string {
  const missed = computed.filter(({ error, converged }) => error !== null && !converged);
  const kept = computed.filter(({ error, converged }) => error !== null && converged);
  const words: string[] = [];
  if (kept.length) {
    const most = Math.max(...kept.map(({ error }) => error!));
    const names = listOf(kept.map(({ title }) => title));
    const verb = kept.length === 1 ? 'accounts' : 'account';
    words.push(`${names} ${verb} for the whole change of ${target} from the empty input (${share(most)} off).`);
  }
  if (missed.length) {
    const names = missed.map(({ title, error }) => `${title} (${share(error!)} off)`);
    const verb = missed.length === 1 ? 'does' : 'do';
    words.push(`${listOf(names)} ${verb} not: read these scores with care.`);
  }
  return words.join(' ');
}

const share = (error: number): string => (error < 0.001 ? 'under 0.1%' : percentage(error, error < 0.0995 ? 1 : 0));

/** Groups of methods of which every two agree, the largest first; and those that agree with none. */
export function agreeingGroups({ titles, rows }: Agreeing): number[][] {
  const groups: number[][] = [];
  const pairs = titles
    .flatMap((_, i) => titles.slice(0, i).map((__, j): [number, number, number] => [rows[i][j] ?? -2, i, j]))
    .sort((a, b) => b[0] - a[0]);
  const groupOf = (i: number) => groups.find((group) => group.includes(i)) ?? [i];
  for (const [value, i, j] of pairs) {
    if (value < AGREE) break;
    const [one, other] = [groupOf(i), groupOf(j)];
    if (one === other || !one.every((a) => other.every((b) => (rows[a][b] ?? -2) >= AGREE))) continue;
    for (const group of [one, other]) if (groups.includes(group)) groups.splice(groups.indexOf(group), 1);
    groups.push([...one, ...other].sort((a, b) => a - b));
  }
  return groups.sort((a, b) => b.length - a.length);
}

function agreementWords(agreement: Agreeing | null): string {
  if (!agreement || agreement.titles.length < 2) return '';
  const { titles, rows } = agreement;
  const groups = agreeingGroups(agreement);
  const alone = titles.map((_, i) => i).filter((i) => !groups.some((group) => group.includes(i)));
  const name = (places: number[]) => listOf(places.map((i) => titles[i]));
  const between = (one: number[], other: number[]) =>
    one
      .flatMap((i) => other.filter((j) => i !== j).map((j) => rows[i][j] ?? Number.NaN))
      .filter((v) => !Number.isNaN(v));
  const range = (values: number[]) => {
    const [low, high] = [signed(Math.min(...values)), signed(Math.max(...values))];
    return low === high ? low : `${low} to ${high}`;
  };
  if (!groups.length) {
    const values = between(alone, alone);
    const who = titles.length > 2 ? 'No two methods agree well' : `${name(alone)} do not agree well`;
    return values.length ? `${who} about the order of the words (rank correlation ${range(values)}).` : '';
  }
  const agree = groups.map(
    (group) => `${name(group)} agree with each other (rank correlation ${range(between(group, group))})`,
  );
  const values = between(
    alone,
    titles.map((_, i) => i),
  );
  const others =
    alone.length && values.length ? `, ${name(alone)} with no other (at most ${signed(Math.max(...values))})` : '';
  return `${agree.join('; ')}${others}.`;
}

function listOf(names: string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
