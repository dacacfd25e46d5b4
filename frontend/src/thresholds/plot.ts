/** Figures in the page's colours. A drawn node keeps its figure; what moves with θ is put into it anew. */
import { imageContent } from '../page/files';
import { type Figure, type Layout, PLOT_CONFIG, type PlotNode, type PlotPoint, loadPlotly } from '../page/plotly';
import { drawWithState } from '../ui/plot_state';

const NARROW = 560; // px of a figure whose legend would cover it
const LEGEND = 150; // px that the legend gets below instead
const LOWER = 270; // px of what stands above it then
const HEIGHT = 380;
const RETRY = 300; // ms until a node is looked at again that nothing was drawn into

const heightOf = (layout: Layout) => layout.height || HEIGHT;

export interface Plot {
  show(figure: Figure, label: string): void;
  redraw(): void;
  /** The figure as an image: SVG text, or a PNG. */
  file(format: 'svg' | 'png'): Promise<string | Blob>;
  onClick(hear: (point: PlotPoint) => void): void;
  /** Called whenever the figure was drawn anew. */
  onDrawn(hear: () => void): void;
  /** Where a point lies in the node, in px; null until the figure is drawn. */
  place(x: number, y: number): { left: number; top: number } | null;
  /** The value of the x axis at px from the node's left edge. */
  valueAt(left: number): number | null;
}

export function plotInto(node: PlotNode, url: string): Plot {
  let figure: Figure | null = null;
  let drawing: Promise<unknown> = Promise.resolve();
  const heard: (() => void)[] = [];
  let followed = false;
  const tell = () => heard.forEach((hear) => hear());
  const draw = async () => {
    if (!figure || !node.offsetWidth || node.hidden) return; // not seen yet: drawn when it is
    await drawWithState(node, async () => {
      const plotly = await loadPlotly(url);
      const { data, layout } = dressed(node, figure!);
      node.style.height = `${heightOf(layout)}px`;
      await plotly.react(node, data, layout, PLOT_CONFIG);
    });
    if (!followed) node.on?.('plotly_afterplot', tell); // it follows the node's width by itself
    followed = true;
    tell();
  };
  const redraw = () => {
    drawing = drawing.then(draw, draw);
  };
  new ResizeObserver(redraw).observe(node);
  return {
    show(next, label) {
      figure = next;
      node.style.height ||= `${heightOf(figure.layout)}px`;
      node.setAttribute('aria-label', label);
      if (!node.dataset.drawn) node.dataset.plot ??= 'loading';
      redraw();
    },
    redraw,
    async file(format) {
      if (!figure) throw new Error('there is no figure yet');
      const plotly = await loadPlotly(url);
      const { data, layout } = dressed(node, figure);
      const size = { width: node.offsetWidth || 1000, height: heightOf(layout) };
      const paper = getComputedStyle(node).getPropertyValue('--dr-page').trim();
      const image = { data, layout: { ...layout, ...size, paper_bgcolor: paper } };
      return imageContent(await plotly.toImage(image, { format, scale: 2, ...size }), format);
    },
    onDrawn: (hear) => void heard.push(hear),
    place(x, y) {
      const { xaxis, yaxis } = node._fullLayout ?? {};
      if (!xaxis || !yaxis) return null;
      return { left: xaxis._offset + xaxis.l2p(x), top: yaxis._offset + yaxis.l2p(y) };
    },
    valueAt(left) {
      const axis = node._fullLayout?.xaxis;
      return axis ? axis.p2l(left - axis._offset) : null;
    },
    onClick(hear) {
      const wait = setInterval(() => {
        if (!node.on) return;
        clearInterval(wait);
        node.on('plotly_click', ({ points }) => {
          if (points.length) hear(points[0]);
        });
      }, RETRY);
    },
  };
}

/** The figure in the colours and the width of the page. */
function dressed(node: HTMLElement, { data, layout }: Figure): Figure {
  const style = getComputedStyle(node);
  const line = style.getPropertyValue('--dr-line').trim();
  const axis = (own: unknown) => ({
    ...(own as object),
    gridcolor: line,
    linecolor: line,
    tickcolor: line,
    zerolinecolor: line,
  });
  const narrow = layout.showlegend !== false && node.offsetWidth < NARROW;
  const legend = { orientation: 'h', y: -0.24, yanchor: 'top', x: 0, font: { size: 11 } };
  return {
    data,
    layout: {
      ...layout,
      font: { color: style.color, family: style.fontFamily, size: 13 },
      hoverlabel: { font: { size: 13 } },
      ...(narrow ? { height: Math.min(LOWER, heightOf(layout)) + LEGEND, legend } : {}),
      xaxis: axis(layout.xaxis),
      yaxis: axis(layout.yaxis),
    },
  };
}
