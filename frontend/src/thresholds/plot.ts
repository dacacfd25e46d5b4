/** Figures in the page's colours. A drawn node keeps its figure; what moves with θ is put into it anew. */
import { imageContent } from '../page/files';
import { type Figure, type Layout, PLOT_CONFIG, type PlotNode, type PlotPoint, loadPlotly } from '../page/plotly';

const NARROW = 560; // px of a figure whose legend would cover it
const LEGEND = 200; // px that the legend gets below instead
const HEIGHT = 380;
const RETRY = 300; // ms until a node is looked at again that nothing was drawn into

const heightOf = (layout: Layout) => layout.height || HEIGHT;

export interface Plot {
  show(figure: Figure, label: string): void;
  redraw(): void;
  /** The figure as an image: SVG text, or a PNG. */
  file(format: 'svg' | 'png'): Promise<string | Blob>;
  onClick(hear: (point: PlotPoint) => void): void;
}

export function plotInto(node: PlotNode, url: string): Plot {
  let figure: Figure | null = null;
  let drawing: Promise<unknown> = Promise.resolve();
  const draw = async () => {
    if (!figure || !node.offsetWidth || node.hidden) return; // not seen yet: drawn when it is
    const plotly = await loadPlotly(url);
    const { data, layout } = dressed(node, figure);
    node.style.height = `${heightOf(layout)}px`;
    await plotly.react(node, data, layout, PLOT_CONFIG);
    node.dataset.drawn = 'yes';
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
      redraw();
    },
    redraw,
    async file(format) {
      if (!figure) throw new Error('there is no figure yet');
      const plotly = await loadPlotly(url);
      const { data, layout } = dressed(node, figure);
      const size = { width: node.offsetWidth || 1000, height: heightOf(layout) };
      const paper = getComputedStyle(node).getPropertyValue('--th-page').trim();
      const image = { data, layout: { ...layout, ...size, paper_bgcolor: paper } };
      return imageContent(await plotly.toImage(image, { format, scale: 2, ...size }), format);
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
  const line = style.getPropertyValue('--th-line').trim();
  const axis = (own: unknown) => ({
    ...(own as object),
    gridcolor: line,
    linecolor: line,
    tickcolor: line,
    zerolinecolor: line,
  });
  const narrow = layout.showlegend !== false && node.offsetWidth < NARROW;
  const legend = { orientation: 'h', y: -0.14, yanchor: 'top', x: 0, font: { size: 11 } };
  return {
    data,
    layout: {
      ...layout,
      font: { color: style.color, family: style.fontFamily, size: 13 },
      hoverlabel: { font: { size: 13 } },
      ...(narrow ? { height: heightOf(layout) + LEGEND, legend } : {}),
      xaxis: axis(layout.xaxis),
      yaxis: axis(layout.yaxis),
    },
  };
}
