/** Arrow keys move among buttons, columns of rows; only one of them is in the tab order. */
const STEPS: Record<string, [column: number, row: number]> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
};

const within = (place: number, length: number) => Math.min(length - 1, Math.max(0, place));

export function roving(grid: HTMLElement, columns: HTMLElement[][]): void {
  for (const node of columns.flat()) node.tabIndex = -1;
  let current: HTMLElement | undefined = columns[0]?.[0];
  if (current) current.tabIndex = 0;
  grid.onkeydown = (event) => {
    const step = STEPS[event.key];
    if (!step || !columns.length) return;
    event.preventDefault();
    const at = columns.findIndex((nodes) => nodes.includes(event.target as HTMLElement));
    const row = at < 0 ? 0 : columns[at].indexOf(event.target as HTMLElement);
    const column = columns[within(Math.max(0, at) + step[0], columns.length)];
    if (current) current.tabIndex = -1;
    current = column[within(row + step[1], column.length)];
    focusOn(current);
  };
}

/** The same for the children of a box, all in one row. */
export const rovingRow = (box: HTMLElement, nodes: Iterable<Element> = box.children): void =>
  roving(
    box,
    [...nodes].map((node) => [node as HTMLElement]),
  );

/** Arrow keys move in rows and columns of a square. */
export function rovingSquare(grid: HTMLElement, nodes: HTMLElement[], side: number): void {
  nodes.forEach((node, i) => (node.tabIndex = i ? -1 : 0));
  grid.onkeydown = (event) => {
    const step = STEPS[event.key];
    const at = nodes.indexOf(event.target as HTMLElement);
    if (!step || at < 0) return;
    event.preventDefault();
    const next = nodes[at + step[0] + side * step[1]];
    if (!next) return;
    nodes[at].tabIndex = -1;
    focusOn(next);
  };
}

export function focusOn(node: HTMLElement | undefined): void {
  if (!node) return;
  node.tabIndex = 0;
  node.focus();
}
