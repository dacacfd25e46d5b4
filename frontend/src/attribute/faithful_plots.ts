/** The curves of one target, with one legend for all of them. A few lines have colour; the others step back. */
import { type Layout, PLOT_CONFIG, loadPlotly } from '../page/plotly';
import { button, make, press } from '../ui/dom';
import { CHANCE_NAME, type FaithfulFigure, INK, type Line } from './faithful_figures';

const FEW = 3; // as many methods all have colour
const QUIET = '#9aa1ad';

export interface Plots {
  nodes: HTMLElement[];
  /** Once they are on the page: plotly measures them. */
  draw: () => void;
}

/** notes: what there is to say of a line, by its name; leading: the methods with colour. */
export function faithfulPlots(
  root: HTMLElement,
  figures: FaithfulFigure[],
  leading: string[],
  notes: ReadonlyMap<string, string>,
): Plots {
  const plots = make('div', 'wb-plots');
  const drawn = figures.map((figure): [HTMLElement, FaithfulFigure] => {
    const { box, plot } = plotBox(root, figure);
    plots.append(box);
    return [plot, figure];
  });
  const methods = new Set(figures.flatMap(({ data }) => data.filter(isMethod).map(({ name }) => name!)));
  const pinned = new Set(methods.size <= FEW ? methods : leading);
  let pointed = '';
  const draw = () => {
    for (const [plot, figure] of drawn) void drawPlot(root, plot, figure, pointed ? new Set([pointed]) : pinned);
  };
  const legend = legendOf(figures, notes, pinned, {
    pin(name) {
      if (!pinned.delete(name)) pinned.add(name);
      pointed = '';
      draw();
      return pinned.has(name);
    },
    point(name) {
      if (pointed === name) return;
      pointed = name;
      draw();
    },
  });
  return { nodes: [legend, plots], draw };
}

const isMethod = ({ meta }: Line) => meta === 'method';

function plotBox(root: HTMLElement, figure: FaithfulFigure): { box: HTMLElement; plot: HTMLElement } {
  const { title, about } = figure;
  const plot = make('div', 'wb-plot');
  plot.setAttribute('role', 'img');
  plot.setAttribute('aria-label', `${title}. ${about} The numbers are in the table and the files.`);
  plot.append(make('p', 'wb-loading', 'Loading chart…'));
  const caption = make('figcaption');
  const files = (['svg', 'png'] as const).map((format) => plotButton(root, figure, format));
  caption.append(make('b', '', title), make('small', '', about), ...files);
  const box = make('figure', 'wb-plot-box');
  box.append(caption, plot);
  return { box, plot };
}

async function drawPlot(
  root: HTMLElement,
  plot: HTMLElement,
  { data, layout }: FaithfulFigure,
  shown: ReadonlySet<string>,
): Promise<void> {
  const plotly = await loadPlotly(root.dataset.plotly ?? '').catch(() => null);
  if (!plot.isConnected) return;
  const loading = plot.querySelector('.wb-loading');
  if (!plotly) {
    if (loading) loading.textContent = 'The chart could not be loaded. Its numbers are in the table above.';
    return;
  }
  loading?.remove();
  const style = getComputedStyle(root);
  const inked = data.map((line) => (isMethod(line) && !shown.has(line.name!) ? quiet(line) : withInk(line, style)));
  const order = [...inked].sort((a, b) => Number(a.line.color !== QUIET) - Number(b.line.color !== QUIET));
  const bands = inked.filter(({ line }) => line.width === 0); // a band fills up to the line before it
  const lines = order.filter((line) => !bands.includes(line));
  await plotly.react(plot, [...bands, ...lines], { ...layout, ...themed(layout, style) }, PLOT_CONFIG);
  plot.dataset.drawn = 'yes';
}

const withInk = (line: Line, { color }: CSSStyleDeclaration): Line =>
  line.line.color === INK ? { ...line, line: { ...line.line, color } } : line;

const quiet = (line: Line): Line => ({
  ...line,
  mode: 'lines',
  opacity: 0.55,
  line: { color: QUIET, dash: 'solid', width: 1.2 },
});

function themed(layout: Layout, style: CSSStyleDeclaration): Layout {
  const rule = style.getPropertyValue('--dr-line').trim();
  const axis = (own: unknown) => ({ ...(own as object), gridcolor: rule, linecolor: rule, zerolinecolor: rule });
  const background = style.getPropertyValue('--dr-cell').trim();
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

interface Legend {
  /** Returns whether the line has colour now. */
  pin: (name: string) => boolean;
  /** A line to be seen alone; '' for none. */
  point: (name: string) => void;
}

/** A method's entry is a button: pointed at, its line stands alone; pressed, it keeps its colour. */
function legendOf(
  figures: FaithfulFigure[],
  notes: ReadonlyMap<string, string>,
  pinned: ReadonlySet<string>,
  { pin, point }: Legend,
): HTMLElement {
  const lines = new Map<string, Line>();
  for (const line of figures.flatMap(({ data }) => data))
    if (line.name && !lines.has(line.name)) lines.set(line.name, line);
  const box = make('div', 'wb-lines');
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', 'Lines of the charts. Press a method to colour its line.');
  for (const [name, line] of lines) {
    const item = isMethod(line) ? button('wb-line-key') : make('span', 'wb-line-key');
    item.append(keyOf(line), make('span', '', name));
    const note = notes.get(name) ?? (name === CHANCE_NAME ? 'the baseline: what any order reaches' : '');
    if (note) item.append(make('small', '', note));
    box.append(item);
    if (!isMethod(line)) continue;
    press(item, pinned.has(name));
    item.addEventListener('click', () => press(item, pin(name)));
    for (const event of ['pointerenter', 'focus']) item.addEventListener(event, () => point(name));
    for (const event of ['pointerleave', 'blur']) item.addEventListener(event, () => point(''));
  }
  return box;
}

function keyOf({ line: { color, dash } }: Line): HTMLElement {
  const styles: Record<string, string> = { solid: 'solid', dot: 'dotted' };
  const key = make('i');
  key.style.borderTop = `3px ${styles[dash ?? ''] ?? 'dashed'} ${color === INK ? 'currentColor' : color}`;
  return key;
}
