/** Faithfulness of the methods on screen: measured when asked for, drawn as curves beside chance. */
import type { ControlsPayload, Faithfulness, MeasurePayload } from '../contracts';
import { targetWords } from '../core/targets';
import type { Trace } from '../core/trace';
import { type ChoiceEntry, offerChoice } from '../ui/choice';
import { finder, make, setText } from '../ui/dom';
import { faithfulFigures } from './faithful_figures';
import { faithfulPlots } from './faithful_plots';
import { type Measure, measuresFor, measuresTable } from './faithful_tables';
import { type RunProgress, longRun } from './long_run';
import type { Parameters } from './settings';
import { type Asked, type Origin, type ShownTrack, staleWords } from './tracks';
import { type Measured, standings } from './verdict';

export interface FaithfulRecord extends Faithfulness, Origin {
  /** Of the run that it came with. */
  run: RunProgress['id'];
}

export interface ShownRecord extends FaithfulRecord {
  stale: string;
}

/** What a run is about. settings: of each method. */
export interface RunOrigin {
  key: string;
  route: string;
  settings: Record<string, string>;
}

export type MeasureAnswer = RunProgress & Partial<Pick<MeasurePayload, 'records' | 'measures'>>;

interface Subject {
  trace: Trace;
  tracks: ShownTrack[];
  asked: Asked;
}

export interface FaithfulPart {
  show(subject: Subject): void;
  arrived(answer: MeasureAnswer | null | undefined): void;
  records(): FaithfulRecord[];
  /** Measures of a target with the better direction of each, and the methods whose numbers answer what is asked now. */
  measured(target: string): { measures: Measure[]; methods: Measured[] };
  /** Measure all methods on screen. */
  measure(): void;
  redraw(): void;
}

interface Options {
  config: ControlsPayload;
  send: (request: object) => void;
  /** Other numbers are on screen: of other measures, or on another scale. */
  changed: () => void;
  cancel: (id: string) => void;
  /** The request as the controls stand. */
  request: () => object;
  parameters: (method: string) => Parameters;
}

const MOST_RECORDS = 60;

export function faithfulPart(root: HTMLElement, options: Options): FaithfulPart {
  const { config, send, cancel, changed, request, parameters } = options;
  const part = finder(root, 'wb');
  const box = part('faithful');
  const run = longRun<RunOrigin>(send, cancel, {
    begin: part('measure'),
    end: part('stop'),
    progress: part('measured'),
    status: part('faithful-status'),
  });
  let records: FaithfulRecord[] = [];
  let subject: Subject | null = null;
  let drawn = '';
  let scale = 'probability';
  let measures: Measure[] = [];

  const measure = () => {
    const methods = subject ? measurable(subject) : [];
    if (!subject || !methods.length)
      return setText(part('faithful-status'), 'Run a method first: only what is on screen and up to date is measured.');
    const { key, route, settings } = subject.asked;
    const each = <T>(value: (method: string) => T) => Object.fromEntries(methods.map((name) => [name, value(name)]));
    run.start({ ...request(), methods: each(parameters) }, { key, route, settings: each(settings) });
  };
  part('measure').addEventListener('click', measure);

  const shownRecords = (): ShownRecord[] =>
    subject
      ? records
          .filter(({ key }) => key === subject!.trace.key)
          .map((record) => ({ ...record, stale: staleWords(record, subject!.asked) }))
      : [];

  const draw = () => {
    if (!subject) return;
    const here = shownRecords();
    const state = JSON.stringify([here.map(({ run: id, stale }) => [id, stale]), scale, document.body.className]);
    if (state === drawn) return;
    drawn = state;
    for (const node of box.querySelectorAll<HTMLElement>('.js-plotly-plot')) window.Plotly?.purge(node);
    const targets = [...new Set(here.map(({ target }) => target))];
    const parts = targets.map((target, i) => {
      const own = here.filter((record) => record.target === target);
      return targetPart({ root, config, measures }, subject!, target, own, scale, !i);
    });
    const both = here.some(({ scales }) => scales.probability && scales.value);
    const choose = (name: string) => {
      scale = name;
      changed();
    };
    box.replaceChildren(...(both ? [scaleChoice(scale, choose)] : []), ...parts.map(({ node }) => node));
    for (const { drawPlots } of parts) drawPlots();
  };

  return {
    show(next) {
      subject = next;
      draw();
    },
    arrived(answer) {
      const origin = run.accept(answer);
      if (!origin || !answer) return;
      measures = answer.measures ?? measures;
      const fresh = (answer.records ?? []).map((record): FaithfulRecord => ({
        ...record,
        ...origin,
        settings: origin.settings[record.method],
        run: answer.id,
      }));
      const same = (a: FaithfulRecord, b: FaithfulRecord) =>
        a.key === b.key && a.target === b.target && a.method === b.method;
      const kept = records.filter((record) => !fresh.some((other) => same(other, record)));
      records = [...kept, ...fresh].slice(-MOST_RECORDS);
      changed();
    },
    records: () => records,
    measured(target) {
      const own = shownRecords().filter((record) => record.target === target && !record.stale);
      const scaleOf = ({ scales }: ShownRecord) => scales[scale] ?? Object.values(scales)[0];
      return {
        measures: measuresFor(measures, own.at(0)?.direction ?? 1),
        methods: own.map((record) => ({ title: record.title, summary: scaleOf(record).summary })),
      };
    },
    measure,
    redraw: draw,
  };
}

/** What can be measured: methods of this input that are not stale. The server attributes again, or remembers. */
const measurable = ({ trace, tracks }: Subject): string[] => [
  ...new Set(tracks.filter(({ key, stale }) => key === trace.key && !stale).map(({ method }) => method)),
];

const SCALES: ChoiceEntry<string>[] = [
  ['probability', 'probability of the answer'],
  ['value', 'the score itself'],
];

function scaleChoice(scale: string, choose: (name: string) => void): HTMLElement {
  const box = make('div', 'wb-scales');
  box.setAttribute('role', 'radiogroup');
  box.setAttribute('aria-label', 'What is measured');
  offerChoice(box, 'wb-scale', SCALES, scale, choose);
  return box;
}

function targetPart(
  { root, config, measures }: { root: HTMLElement; config: ControlsPayload; measures: Measure[] },
  { trace, tracks }: Subject,
  target: string,
  records: ShownRecord[],
  scale: string,
  first: boolean,
): { node: HTMLElement; drawPlots: () => void } {
  const scaleOf = ({ scales }: ShownRecord) => (scale in scales ? scale : Object.keys(scales)[0]);
  const words = targetWords(trace, target, records[0].label);
  const figures = faithfulFigures(target, words, records, scaleOf, config);
  const summaries = records.map((record) => ({
    title: record.title,
    summary: record.scales[scaleOf(record)].summary,
  }));
  const turned = measuresFor(measures, records[0].direction);
  const all = standings(summaries, turned);
  const most = Math.max(...all.map(({ best }) => best));
  const best = all.filter((one) => one.best === most && records.length > 1).map(({ title }) => title);
  const main = tracks.find((track) => track.target === target && !track.stale && track.method !== 'exact');
  const notes = new Map(best.map((title) => [title, `best on ${most} of ${turned.length} measures`]));
  const plots = faithfulPlots(root, figures, [...best, ...(main ? [main.title] : [])], notes);
  const tables = measuresTable(records, scaleOf, measures, config, first);
  const node = make('section', 'wb-faith');
  node.append(make('h4', '', words), ...tables, ...plots.nodes);
  return { node, drawPlots: plots.draw };
}
