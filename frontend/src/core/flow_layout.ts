/** Where nodes and ribbons of the flow picture stand: what is read, the words, the answer, from left to right. */
import type { FlowLink } from './flow_links';

const WHOLE = 230; // px: the height of all terms together
export const LINE = 15; // px of a line of a name
const GAP = 4; // px between nodes

export interface PlacedNode {
  id: string;
  column: number;
  x: number;
  y: number;
  height: number;
  value: number;
}

export interface PlacedLink extends FlowLink {
  path: string;
}

export interface FlowLayout {
  nodes: PlacedNode[];
  links: PlacedLink[];
  height: number;
}

/**
 * columns: the left edges of the nodes, `bar` wide; lines: of each node's name, for which it gets room. Ribbons leave and
 * arrive in the order of what is at their other end.
 */
export function flowLayout(
  links: FlowLink[],
  columns: readonly number[],
  bar: number,
  lines: (id: string) => number = () => 1,
): FlowLayout {
  const sizes = new Map<string, number>();
  const add = (id: string, value: number) => sizes.set(id, (sizes.get(id) ?? 0) + value);
  for (const { source, target, value } of links) {
    if (columnOf(source) === 0) add(source, value);
    add(target, value);
  }
  const ids = [...sizes.keys()].sort((a, b) => rank(a) - rank(b));
  const byColumn = columns.map((_, column) => ids.filter((id) => columnOf(id) === column));
  const total = byColumn[1].reduce((sum, id) => sum + sizes.get(id)!, 0);
  const scale = total ? WHOLE / total : 0;
  const slot = (id: string) => Math.max(1 + LINE * lines(id), scale * sizes.get(id)!);
  const heights = byColumn.map((column) => column.reduce((sum, id) => sum + slot(id) + GAP, -GAP));
  const height = Math.max(0, ...heights);
  const nodes = byColumn.flatMap((column, c) => {
    let top = (height - heights[c]) / 2;
    return column.map((id): PlacedNode => {
      const value = sizes.get(id)!;
      const y = top + (slot(id) - scale * value) / 2;
      top += slot(id) + GAP;
      return { id, column: c, x: columns[c], y, height: scale * value, value };
    });
  });
  return { nodes, links: placed(links, nodes, scale, bar), height };
}

function placed(links: FlowLink[], nodes: PlacedNode[], scale: number, bar: number): PlacedLink[] {
  const node = new Map(nodes.map((each) => [each.id, each]));
  const starts = tops(links, 'source', 'target', node, scale);
  const ends = tops(links, 'target', 'source', node, scale);
  return links.map((link, i) => {
    const from = node.get(link.source)!.x + bar;
    const to = node.get(link.target)!.x;
    return { ...link, path: ribbon(from, starts[i], to, ends[i], scale * link.value) };
  });
}

/** The upper edge of every ribbon at one of its ends. */
function tops(
  links: FlowLink[],
  side: 'source' | 'target',
  other: 'source' | 'target',
  node: Map<string, PlacedNode>,
  scale: number,
): number[] {
  const next = new Map<string, number>();
  const order = [...links.keys()].sort(
    (a, b) => rank(links[a][other]) - rank(links[b][other]) || +links[b].positive - +links[a].positive,
  );
  const found: number[] = [];
  for (const i of order) {
    const id = links[i][side];
    found[i] = next.get(id) ?? node.get(id)!.y;
    next.set(id, found[i] + scale * links[i].value);
  }
  return found;
}

/** An area of one width from (x, y) to (u, v), which are its upper ends. */
function ribbon(x: number, y: number, u: number, v: number, width: number): string {
  const middle = n((x + u) / 2);
  const down = n(y + width);
  const far = n(v + width);
  return (
    `M${n(x)},${n(y)}C${middle},${n(y)} ${middle},${n(v)} ${n(u)},${n(v)}` +
    `V${far}C${middle},${far} ${middle},${down} ${n(x)},${down}Z`
  );
}

const n = (pixels: number): string => pixels.toFixed(2);

const columnOf = (id: string): number => (id === 'for' || id === 'against' ? 2 : id.startsWith('t') ? 1 : 0);

const FIXED: Record<string, number> = { own: -1, 'c+': 9999, 't+': 29999, for: 40000, against: 40001 };

/** The context above the words above the answer, each in its order. */
const rank = (id: string): number => FIXED[id] ?? (id.startsWith('c') ? 0 : 10000) + Number(id.slice(1));
