/** The flow picture on the page: drawn in the frame that draws the rest, as far as it is in view. */
import { type Flow, flowOf } from '../core/flow_links';
import { exactSum } from '../core/exact_sum';
import type { Outcome } from '../core/replay';
import type { Trace } from '../core/trace';
import { find } from '../ui/dom';
import { svgNode, svgSource, svgText } from '../ui/svg';
import { flowFigure, linkWords } from './flow_figure';

const FILE_WIDTH = 1000; // px

interface Shown {
  trace: Trace;
  outcome: Outcome;
  label: number;
}

export interface FlowPicture {
  /** A new decision. Out of view it waits for `rest`. */
  paint(shown: Shown): void;
  rest(): void;
  /** The picture of what is on screen as a file of its own. */
  svg(shown: Shown): string;
}

export function flowPicture(root: HTMLElement): FlowPicture {
  const plot = find(root, '.dr-plot');
  const sum = find(root, '.dr-sum');
  let current: Shown | null = null;
  let flow: Flow | null = null;
  let drawn: Shown | null = null;
  let inView = false;
  let width = 0;
  const draw = () => {
    if (!current || current === drawn || !width) return;
    const { trace, outcome, label } = current;
    drawn = current;
    flow = trace.answers ? flowOf(trace, outcome, label) : null;
    plot.replaceChildren(...(flow ? [flowFigure(trace, flow, label, width)] : []));
    sum.textContent = flow && exactSum(trace, outcome, label);
    plot.setAttribute('aria-label', `Flow picture. ${sum.textContent}`);
  };
  new ResizeObserver(() => {
    if (plot.clientWidth === width) return;
    width = plot.clientWidth;
    drawn = null;
    draw();
  }).observe(plot);
  new IntersectionObserver(
    (entries) => {
      inView = entries[entries.length - 1].isIntersecting;
      if (inView) draw();
    },
    { rootMargin: '200px' },
  ).observe(plot);
  plot.addEventListener('pointerover', ({ target }) => {
    const ribbon = target as SVGElement;
    if (!flow || !drawn || !ribbon.dataset.n || ribbon.firstChild) return;
    const link = flow.links[Number(ribbon.dataset.n)];
    ribbon.append(svgText({}, linkWords(drawn.trace, flow, link, drawn.label), 'title'));
  });
  return {
    paint(shown) {
      width ||= plot.clientWidth;
      current = shown;
      if (inView || drawn?.trace !== shown.trace) draw();
    },
    rest: draw,
    svg({ trace, outcome, label }) {
      const figure = flowFigure(trace, flowOf(trace, outcome, label), label, width || FILE_WIDTH);
      figure.prepend(svgNode('rect', { width: '100%', height: '100%', fill: 'var(--dr-page)' }));
      return svgSource(inColours(figure, getComputedStyle(root)));
    },
  };
}

/** The theme's colours themselves in the place of their names, which no file knows. */
function inColours(figure: SVGElement, style: CSSStyleDeclaration): SVGElement {
  for (const name of ['fill', 'stroke'])
    for (const node of figure.querySelectorAll(`[${name}^='var(']`)) {
      const variable = node.getAttribute(name)!.slice(4, -1);
      node.setAttribute(name, style.getPropertyValue(variable).trim());
    }
  return figure;
}
