/** The Sankey picture, drawn by plotly when it comes into view and again when the decision has come to rest. */
import { exactSum } from '../core/exact_sum';
import { clip, plainToken } from '../core/format';
import { type FlowLink, flowLinks } from '../core/flow_links';
import type { Outcome } from '../core/replay';
import type { Trace } from '../core/trace';
import { imageContent } from '../page/files';
import { type Figure, PLOT_CONFIG, loadPlotly } from '../page/plotly';
import { find } from '../ui/dom';

const NARROW = 560; // px: names of both sides would meet in the middle

interface Shown {
  trace: Trace;
  outcome: Outcome;
  label: number;
}

export interface FlowPicture {
  update(shown: Shown): void;
  redraw(): void;
  /** The picture of what is on screen as an image: SVG text, or a PNG. */
  file(shown: Shown, format: 'svg' | 'png'): Promise<string | Blob>;
}

export function flowPicture(root: HTMLElement, plotlyUrl: string): FlowPicture {
  const plot = find(root, '.dr-plot');
  const sum = find(root, '.dr-sum');
  let current: Shown | null = null;
  let visible = false;
  const figureOf = ({ trace, outcome, label }: Shown, width: number) =>
    sankey(trace, flowLinks(trace, outcome, label), label, getComputedStyle(root), width);
  const draw = async () => {
    if (!current?.trace.answers || !visible || plot.matches('.no-plotly')) return;
    const plotly = await loadPlotly(plotlyUrl);
    if (!plot.clientWidth) return; // another tab was opened meanwhile: there is no width to draw in
    const { data, layout } = figureOf(current, plot.clientWidth);
    await plotly.react(plot, data, layout, PLOT_CONFIG);
    plot.setAttribute('aria-label', `Flow picture. ${sum.textContent}`);
  };
  const watcher = new IntersectionObserver(
    (entries) => {
      visible = entries.some((entry) => entry.isIntersecting);
      if (visible) void draw();
    },
    { rootMargin: '200px' },
  );
  watcher.observe(plot);
  return {
    update(shown) {
      current = shown;
      sum.textContent = shown.trace.answers ? exactSum(shown.trace, shown.outcome, shown.label) : '';
      void draw();
    },
    redraw: () => void draw(),
    async file(shown, format) {
      const plotly = await loadPlotly(plotlyUrl);
      const width = plot.clientWidth || 1000;
      const { data, layout } = figureOf(shown, width);
      const size = { width, height: layout.height };
      const paper = getComputedStyle(root).getPropertyValue('--dr-page').trim();
      const figure = { data, layout: { ...layout, ...size, paper_bgcolor: paper } };
      return imageContent(await plotly.toImage(figure, { format, scale: 2, ...size }), format);
    },
  };
}

function sankey(trace: Trace, links: FlowLink[], label: number, style: CSSStyleDeclaration, width: number): Figure {
  const ids = [...new Set(links.flatMap(({ source, target }) => [source, target]))].sort((a, b) => rank(a) - rank(b));
  const tone = (name: string) => style.getPropertyValue(`--dr-${name}`).trim();
  const linkColor = ({ positive, source }: FlowLink) => {
    if (!positive) return tone('down-soft');
    if (source === 'own') return tone('direct-soft');
    return tone(source.startsWith('c') ? 'merged-soft' : 'up-soft');
  };
  const nodeColor = (id: string) => {
    if (id === 'own') return tone('direct');
    if (id.startsWith('c')) return tone('merged');
    if (id === 'for') return tone('up');
    return id === 'against' ? tone('down') : '#888888';
  };
  const node = {
    label: ids.map((id) => nodeName(trace, id, label, width < NARROW)),
    color: ids.map(nodeColor),
    pad: 11,
    thickness: 12,
    line: { width: 0 },
    hovertemplate: '%{label}: %{value:.3f}<extra></extra>',
  };
  const link = {
    source: links.map(({ source }) => ids.indexOf(source)),
    target: links.map(({ target }) => ids.indexOf(target)),
    value: links.map(({ value }) => value),
    color: links.map(linkColor),
    customdata: links.map(({ positive }) => (positive ? 'for' : 'against')),
    hovertemplate: '%{source.label} → %{target.label}: %{value:.3f} %{customdata}<extra></extra>',
  };
  const nodesOf = (side: string) => ids.filter((id) => id.startsWith(side)).length;
  const rows = Math.max(8, nodesOf('t'), nodesOf('c'));
  const layout = {
    height: Math.min(720, 120 + 24 * rows),
    margin: { l: 8, r: 8, t: 12, b: 12 },
    font: { color: tone('text'), size: 12, family: 'system-ui, sans-serif' },
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
  };
  return { data: [{ type: 'sankey', arrangement: 'snap', node, link }], layout };
}

const FIXED_RANKS: Record<string, number> = { own: -1, 'c+': 9999, 't+': 29999, for: 40000, against: 40001 };

/** The context above the tokens above the outcome, each in its order. */
const rank = (id: string): number => FIXED_RANKS[id] ?? (id.startsWith('c') ? 0 : 10000) + Number(id.slice(1));

function nodeName(trace: Trace, id: string, label: number, narrow: boolean): string {
  const length = narrow ? 14 : trace.contextKind === 'items' ? 30 : 18;
  // Plotly reads names as markup.
  const plain = (text: string) => clip(plainToken(text), length).replace(/&/g, '&amp;').replace(/</g, '&lt;');
  if (id === 'own') return `the ${trace.xName} itself`;
  if (id === 'c+' || id === 't+')
    return narrow ? 'all others' : `rest of the ${id === 'c+' ? trace.hName : trace.xName}`;
  if (id === 'for' || id === 'against') return plain(`${id} ${trace.nameOf(label)}`);
  const place = Number(id.slice(1));
  return plain(id.startsWith('t') ? trace.tokens[place] : trace.contextTokens[place]);
}
