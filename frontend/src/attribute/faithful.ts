/** Faithfulness of the methods on screen: measured when asked for, drawn as curves beside chance. */
import type { ControlsPayload, Faithfulness, MeasurePayload } from '../contracts';
import { targetWords } from '../core/targets';
import type { Trace } from '../core/trace';
import { type Layout, PLOT_CONFIG, loadPlotly } from '../page/plotly';
import { type ChoiceEntry, offerChoice } from '../ui/choice';
import { button, finder, make, setText } from '../ui/dom';
import { type FaithfulFigure, INK, faithfulFigures } from './faithful_figures';
import { type Measure, measuresTable } from './faithful_tables';
import { type RunProgress, longRun } from './long_run';
import type { Parameters } from './settings';
import { type Asked, type Origin, type ShownTrack, staleWords } from './tracks';

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
  redraw(): void;
}

interface Options {
  config: ControlsPayload;
  send: (request: object) => void;
  cancel: (id: string) => void;
  /** The request as the controls stand. */
  request: () => object;
  parameters: (method: string) => Parameters;
}

const MOST_RECORDS = 60;

export function faithfulPart(root: HTMLElement, options: Options): FaithfulPart {
  const { config, send, cancel, request, parameters } = options;
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

  part('measure').addEventListener('click', () => {
    const methods = subject ? measurable(subject) : [];
    if (!subject || !methods.length)
      return setText(part('faithful-status'), 'Run a method first: only what is on screen and not stale is measured.');
    const { key, route, settings } = subject.asked;
    const each = <T>(value: (method: string) => T) => Object.fromEntries(methods.map((name) => [name, value(name)]));
    run.start({ ...request(), methods: each(parameters) }, { key, route, settings: each(settings) });
  });

  const draw = () => {
    if (!subject) return;
    const { trace, asked } = subject;
    const here = records
      .filter(({ key }) => key === trace.key)
      .map((record): ShownRecord => ({ ...record, stale: staleWords(record, asked) }));
    const state = JSON.stringify([here.map(({ run: id, stale }) => [id, stale]), scale, document.body.className]);
    if (state === drawn) return;
    drawn = state;
    for (const node of box.querySelectorAll<HTMLElement>('.js-plotly-plot')) window.Plotly?.purge(node);
    const targets = [...new Set(here.map(({ target }) => target))];
    const parts = targets.map((target) => {
      const own = here.filter((record) => record.target === target);
      return targetPart(root, trace, target, own, scale, measures, config);
    });
    const both = here.some(({ scales }) => scales.probability && scales.value);
    const choose = (name: string) => {
      scale = name;
      draw();
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
      draw();
    },
    records: () => records,
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
  root: HTMLElement,
  trace: Trace,
  target: string,
  records: ShownRecord[],
  scale: string,
  measures: Measure[],
  config: ControlsPayload,
): { node: HTMLElement; drawPlots: () => void } {
  const scaleOf = ({ scales }: ShownRecord) => (scale in scales ? scale : Object.keys(scales)[0]);
  const figures = faithfulFigures(target, records, scaleOf, config);
  const plots = make('div', 'wb-plots');
  const drawn = figures.map((figure): [HTMLElement, FaithfulFigure] => {
    const { box, plot } = plotBox(root, figure);
    plots.append(box);
    return [plot, figure];
  });
  const node = make('section', 'wb-faith');
  const title = make('h4', '', targetWords(trace, target, records[0].label));
  node.append(title, measuresTable(records, scaleOf, measures), legendOf(figures), plots);
  const drawPlots = () => {
    for (const [plot, figure] of drawn) void drawPlot(root, plot, figure);
  };
  return { node, drawPlots };
}

function plotBox(root: HTMLElement, figure: FaithfulFigure): { box: HTMLElement; plot: HTMLElement } {
  const { title, about } = figure;
  const plot = make('div', 'wb-plot');
  plot.setAttribute('role', 'img');
  plot.setAttribute('aria-label', `${title}. ${about} The numbers are in the table and the files.`);
  const caption = make('figcaption');
  const files = (['svg', 'png'] as const).map((format) => plotButton(root, figure, format));
  caption.append(make('b', '', title), make('small', '', about), ...files);
  const box = make('figure', 'wb-plot-box');
  box.append(caption, plot);
  return { box, plot };
}

async function drawPlot(root: HTMLElement, plot: HTMLElement, { data, layout }: FaithfulFigure): Promise<void> {
  const plotly = await loadPlotly(root.dataset.plotly ?? '');
  if (!plot.isConnected) return;
  const style = getComputedStyle(root);
  const inked = data.map((trace) =>
    trace.line.color === INK ? { ...trace, line: { ...trace.line, color: style.color } } : trace,
  );
  await plotly.react(plot, inked, { ...layout, ...themed(layout, style) }, PLOT_CONFIG);
  plot.dataset.drawn = 'yes';
}

function themed(layout: Layout, style: CSSStyleDeclaration): Layout {
  const rule = style.getPropertyValue('--wb-line').trim();
  const axis = (own: unknown) => ({ ...(own as object), gridcolor: rule, linecolor: rule, zerolinecolor: rule });
  const background = style.getPropertyValue('--wb-cell').trim();
  return {
    xaxis: axis(layout.xaxis),
    yaxis: axis(layout.yaxis),
    font: { color: style.color, family: style.fontFamily, size: 12 },
    hoverlabel: { bgcolor: background, font: { color: style.color } },
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
  };
}

/** A file has its own legend, and white paper. */
function plotButton(root: HTMLElement, { title, data, layout }: FaithfulFigure, format: 'svg' | 'png'): HTMLElement {
  const node = button('wb-file', format.toUpperCase());
  node.setAttribute('aria-label', `${title} as ${format.toUpperCase()}`);
  const paper = { showlegend: true, margin: { l: 60, r: 20, t: 40, b: 50 }, paper_bgcolor: '#fff' };
  const figure = { data, layout: { ...layout, title: { text: title, font: { size: 14 } }, ...paper } };
  node.addEventListener('click', () => {
    const filename = `${title.toLowerCase()}-${root.dataset.ready}`;
    const options = { format, width: 900, height: 450, filename };
    void loadPlotly(root.dataset.plotly ?? '').then((plotly) => plotly.downloadImage(figure, options));
  });
  return node;
}

/** One legend for all curves of a target. */
function legendOf(figures: FaithfulFigure[]): HTMLElement {
  const lines = new Map<string, FaithfulFigure['data'][number]['line']>();
  for (const { name, line } of figures.flatMap(({ data }) => data)) if (name && !lines.has(name)) lines.set(name, line);
  const styles: Record<string, string> = { solid: 'solid', dot: 'dotted' };
  const box = make('p', 'wb-lines');
  for (const [name, { color, dash }] of lines) {
    const item = make('span');
    const key = make('i');
    key.style.borderTop = `3px ${styles[dash ?? ''] ?? 'dashed'} ${color === INK ? 'currentColor' : color}`;
    item.append(key, make('span', '', name));
    box.append(item);
  }
  return box;
}
