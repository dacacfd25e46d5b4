/** Tab "Results": headings, texts, tables and figures from plain JSON. */
import type { Report } from '../contracts';
import type { Host } from '../page/component';
import { type Figure, PLOT_CONFIG, loadPlotly } from '../page/plotly';
import { find, make, scopedCell, scrollable, table } from '../ui/dom';
import { drawWithState } from '../ui/plot_state';

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
  /** Cells that stand out among their like, as row and column. */
  best: [row: number, column: number][];
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
    node.dataset.plot = 'loading';
    plots.set(node, figure);
    watcher.observe(node);
    return node;
  }

  const draw = (node: HTMLElement) =>
    drawWithState(node, async () => {
      const plotly = await loadPlotly(root.dataset.plotly ?? '');
      const figure = plots.get(node);
      if (!figure) return; // gone meanwhile
      await plotly.react(node, figure.data, themed(figure.layout, getComputedStyle(root)), PLOT_CONFIG);
    });

  function blockNode(block: Block): HTMLElement {
    switch (block.kind) {
      case 'heading':
        return make('h2', '', block.text);
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
    root.replaceChildren(...besideFigures((props.value?.blocks ?? []) as unknown as Block[], blockNode));
    root.dataset.shown = props.value?.name ?? '';
  }

  watch('value', build);
  build();
}

/** The sentences on top of a report stand beside its first figure, so that neither is wider than it is read. */
function besideFigures(blocks: Block[], nodeOf: (block: Block) => HTMLElement): HTMLElement[] {
  const texts = blocks.findIndex(({ kind }) => kind !== 'text');
  const figure = blocks.findIndex(({ kind }) => kind === 'figure');
  const between = blocks.slice(texts, figure).every(({ kind }) => kind === 'heading');
  if (texts < 1 || figure < 0 || !between) return blocks.map(nodeOf);
  const lead = make('div', 'rp-lead');
  const sides = [blocks.slice(0, texts), blocks.slice(texts, figure + 1)].map((part) => {
    const side = make('div');
    side.append(...part.map(nodeOf));
    return side;
  });
  lead.append(...sides);
  return [lead, ...blocks.slice(figure + 1).map(nodeOf)];
}

const NUMBER = /^[+−]?[\d.,]+%?( \[.*\])?$/;

function tableNode({ columns, rows, strong, best, note }: TableBlock): HTMLElement {
  const scroll = scrollable('rp-scroll', `Table: ${columns.join(', ')}`);
  const inColumn = (j: number) => rows.map((row) => row[j]).filter(Boolean);
  const numeric = columns.map((_, j) => j > 0 && inColumn(j).length > 0 && inColumn(j).every((cell) => NUMBER.test(cell))); // prettier-ignore
  const classOf = (i: number, j: number) =>
    [numeric[j] ? 'rp-number' : '', best.some(([r, c]) => r === i && c === j) ? 'rp-best' : ''].join(' ').trim();
  const lines = rows.map(([name, ...cells], i) => {
    const row = make('tr', strong.includes(i) ? 'rp-strong' : '');
    row.append(scopedCell(name, 'row'), ...cells.map((cell, j) => make('td', classOf(i, j + 1), cell)));
    return row;
  });
  const head = columns.map((column, j) => {
    const cell = scopedCell(column, 'col');
    cell.className = numeric[j] ? 'rp-number' : '';
    return cell;
  });
  scroll.append(table('', head, lines));
  const block = make('div');
  block.append(scroll, make('p', 'rp-note', note));
  return block;
}

function themed(layout: Figure['layout'], style: CSSStyleDeclaration): Figure['layout'] {
  const line = style.getPropertyValue('--dr-line').trim();
  const axis = (own: unknown) => ({ ...(own as object), gridcolor: line, linecolor: line, tickcolor: line });
  return {
    ...layout,
    font: { color: style.color, family: style.fontFamily, size: 13 },
    hoverlabel: { font: { size: 13 } },
    xaxis: axis(layout.xaxis),
    yaxis: axis(layout.yaxis),
  };
}
