/** The table of methods and how far they agree. */
import type { Agreement, ControlsPayload, MethodPayload } from '../contracts';
import { grouped, percentage, signed, withoutStop } from '../core/format';
import { targetWords } from '../core/targets';
import type { Trace } from '../core/trace';
import { make, scopedCell, scrollable, table } from '../ui/dom';
import type { ShownTrack } from './tracks';

/** [title, explanation]. */
const COLUMNS: [string, string][] = [
  ['Method', ''],
  ['Explains', ''],
  ['Σ scores', 'all scores added up; an exact sum leaves out the bias, which belongs to no token'],
  ['Change', 'the target on this input minus the target on the baseline'],
  ['Delta', 'Σ scores − change; methods that promise completeness come close to 0'],
  ['Passes', 'rows through the model, forward + backward, shared by targets computed together'],
  ['Seconds', ''],
  ['Converged', 'whether the scores add up to the change, for methods that promise it'],
];

/** A number in words, or a dash for none. */
export const orDash = (value: number | null | undefined, words: (value: number) => string): string =>
  value == null || Number.isNaN(value) ? '–' : words(value);

export const methodOf = ({ methods }: ControlsPayload, name: string): MethodPayload | undefined =>
  methods.find((method) => method.name === name);

export function showMethods(
  box: HTMLElement,
  trace: Trace,
  tracks: ShownTrack[],
  errors: Record<string, string>,
  config: ControlsPayload,
): void {
  const heads = COLUMNS.map(([title, help]) => {
    const head = scopedCell(title, 'col');
    if (help) head.title = help;
    return head;
  });
  const firstOf = (track: ShownTrack) => tracks.find(({ method }) => method === track.method) === track;
  const lines = tracks.map((track) => {
    const cells = cellsOf(trace, track, methodOf(config, track.method));
    return methodLine(cells, track, firstOf(track) ? track.help : '');
  });
  const failed = Object.entries(errors).map(([name, message]) =>
    failedLine(methodOf(config, name)?.title ?? name, message),
  );
  box.replaceChildren(table('', heads, [...lines, ...failed]));
}

function methodLine([name, ...cells]: string[], { stale, warning }: ShownTrack, trust: string): HTMLElement {
  const line = make('tr', stale ? 'is-stale' : '');
  const head = scopedCell(name, 'row');
  for (const words of [stale && `out of date: ${stale}`, warning]) if (words) head.append(make('em', '', words));
  if (trust) head.append(make('small', '', trust));
  line.append(head, ...cells.map((cell) => make('td', '', cell)));
  return line;
}

function failedLine(title: string, message: string): HTMLElement {
  const line = make('tr', 'wb-failed');
  const cell = make('td', '', `Not computed: ${withoutStop(message)}.`);
  cell.colSpan = COLUMNS.length - 1;
  line.append(scopedCell(title, 'row'), cell);
  return line;
}

function cellsOf(trace: Trace, track: ShownTrack, method: MethodPayload | undefined): string[] {
  const error = track.delta === null ? 0 : Math.abs(track.delta / (track.change || 1e-12));
  const passes = track.passes
    ? track.passes.map((n) => grouped(Math.round(n))).join(' + ')
    : orDash(track.steps, (n) => `${n} steps`);
  return [
    track.title + (track.stored ? ' (from Inspect)' : ''),
    targetWords(trace, track.target, track.label),
    signed(track.sum, 3),
    orDash(track.change, (value) => signed(value, 3)),
    orDash(track.delta, (value) => `${signed(value, 4)} (${percentage(error)})`),
    passes,
    orDash(track.seconds, (value) => value.toFixed(2)),
    method?.complete ? (track.converged ? 'yes' : 'no: read with care') : '–',
  ];
}

/**
 * Without what is no estimate of the change from the empty input: how a score adds up is another question, whose answer
 * need not agree with theirs.
 */
export function estimatesOnly(agreement: Agreement): Agreement {
  const places = [...agreement.methods.keys()].filter((i) => agreement.methods[i] !== 'exact');
  const among = <T>(rows: T[][]) => places.map((i) => places.map((j) => rows[i][j]));
  return {
    ...agreement,
    methods: places.map((i) => agreement.methods[i]),
    rows: among(agreement.rows),
    bySize: among(agreement.bySize),
  };
}

/** Small grids of rank correlations, one for each target. labels: what the server calls the targets' answers. */
export function showAgreements(
  box: HTMLElement,
  trace: Trace,
  agreements: Agreement[],
  labels: Record<string, string>,
  config: ControlsPayload,
): void {
  const several = agreements.map(estimatesOnly).filter(({ methods }) => methods.length > 1);
  box.replaceChildren(...several.map((agreement) => agreementGrid(trace, agreement, labels[agreement.target], config)));
}

function agreementGrid(
  trace: Trace,
  { target, methods, rows, bySize }: Agreement,
  label: string | undefined,
  config: ControlsPayload,
): HTMLElement {
  const words = targetWords(trace, target, label);
  const titles = methods.map((name) => methodOf(config, name)?.title ?? name);
  const lines = rows.map((values, i) => {
    const line = make('tr');
    line.append(scopedCell(titles[i], 'row'), ...values.map((value, j) => correlationCell(value, bySize[i][j])));
    return line;
  });
  const scroll = scrollable('wb-scroll', `Rank correlations for ${words}`);
  scroll.append(table('', [make('td'), ...titles.map((title) => scopedCell(title, 'col'))], lines));
  const sizes = bySize.flat().some(Boolean) ? ' *: of sizes alone, since one of the two has no sign.' : '';
  const hint =
    'Spearman’s rank correlation over all parts of both texts: +1, the same order; 0, unrelated; −1, reversed.' + sizes;
  const part = make('div', 'wb-matrix');
  part.append(make('h4', '', `Do the methods agree about ${words}?`), make('p', 'wb-hint', hint), scroll);
  return part;
}

function correlationCell(value: number | null, bySize: boolean): HTMLElement {
  const cell = make('td', value !== null && value < 0 ? 'neg' : '');
  cell.textContent = orDash(value, (number) => signed(number) + (bySize ? '*' : ''));
  cell.style.setProperty('--v', Math.abs(value ?? 0).toFixed(3));
  return cell;
}
