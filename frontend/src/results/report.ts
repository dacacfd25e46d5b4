/** Tab "Results": headings, texts, tables and figures from plain JSON. */
import type { Report } from '../contracts';
import type { Host } from '../page/component';
import { type Figure, PLOT_CONFIG, loadPlotly } from '../page/plotly';
import { find, make, scopedCell, scrollable, table } from '../ui/dom';

interface Heading {
  kind: 'heading';
  text: string;
}

interface Text {
  kind: 'text';
  text: string;
  role: string;
}

interface TableBlock {
  kind: 'table';
  columns: string[];
  rows: string[][];
  /** Rows that stand out, by number. */
  strong: number[];
  note: string;
}

interface FigureBlock {
  kind: 'figure';
  figure: Figure;
  label: string;
}

type Block = Heading | Text | TableBlock | FigureBlock;

export function mountResults({ element, props, watch }: Host<{ value?: Report | Record<string, never> | null }>): void {
  const root = find(element, '.rp');
  const plots = new Map<Element, Figure>(); // drawn or to be drawn
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) void draw(target as HTMLElement);
    },
    { rootMargin: '200px' },
  );

  function figureNode({ figure, label }: FigureBlock): HTMLElement {
    const node = make('div', 'rp-plot');
    node.setAttribute('role', 'img');
    node.setAttribute('aria-label', label);
    node.style.height = `${figure.layout.height}px`; // no jump when it arrives
    plots.set(node, figure);
    watcher.observe(node);
    return node;
  }

  async function draw(node: HTMLElement) {
    const plotly = await loadPlotly(root.dataset.plotly ?? '');
    const figure = plots.get(node);
    if (!figure) return; // gone meanwhile
    await plotly.react(node, figure.data, themed(figure.layout, getComputedStyle(root)), PLOT_CONFIG);
    node.dataset.drawn = 'yes';
  }

  function blockNode(block: Block): HTMLElement {
    switch (block.kind) {
      case 'heading':
        return make('h3', '', block.text);
      case 'text':
        return make('p', `rp-${block.role}`, block.text);
      case 'table':
        return tableNode(block);
      case 'figure':
        return figureNode(block);
    }
  }

  function build() {
    for (const node of plots.keys()) {
      watcher.unobserve(node);
      if ((node as HTMLElement).dataset.drawn) window.Plotly?.purge(node as HTMLElement);
    }
    plots.clear();
    root.replaceChildren(...((props.value?.blocks ?? []) as unknown as Block[]).map(blockNode));
    root.dataset.shown = props.value?.name ?? '';
  }

  watch('value', build);
  build();
}

function tableNode({ columns, rows, strong, note }: TableBlock): HTMLElement {
  const scroll = scrollable('rp-scroll', `Table: ${columns.join(', ')}`);
  const lines = rows.map(([name, ...cells], i) => {
    const row = make('tr', strong.includes(i) ? 'rp-strong' : '');
    row.append(scopedCell(name, 'row'), ...cells.map((cell) => make('td', '', cell)));
    return row;
  });
  const head = columns.map((column) => scopedCell(column, 'col'));
  scroll.append(table('', head, lines));
  const block = make('div');
  block.append(scroll, make('p', 'rp-note', note));
  return block;
}

function themed(layout: Figure['layout'], style: CSSStyleDeclaration): Figure['layout'] {
  const line = style.getPropertyValue('--rp-line').trim();
  const axis = (own: unknown) => ({ ...(own as object), gridcolor: line, linecolor: line, tickcolor: line });
  return {
    ...layout,
    font: { color: style.color, family: style.fontFamily, size: 13 },
    hoverlabel: { font: { size: 13 } },
    xaxis: axis(layout.xaxis),
    yaxis: axis(layout.yaxis),
  };
}
