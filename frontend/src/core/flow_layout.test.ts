import { expect, test } from 'vitest';
import { makeTrace } from '../testing/golden';
import { flowLayout } from './flow_layout';
import { flowOf } from './flow_links';
import { replay } from './replay';

const COLUMNS = [100, 300, 500];
const trace = makeTrace('many tokens');
const outcome = replay(trace, { policy: 'soft', theta: 0.4, overrides: new Map() });
const { links, up, down } = flowOf(trace, outcome, 0);
const layout = flowLayout(links, COLUMNS, 8);
const nodesOf = (column: number) => layout.nodes.filter((node) => node.column === column);

test('nodes of a column stand below each other inside the picture', () => {
  for (const column of COLUMNS.keys()) {
    let bottom = 0;
    for (const { x, y, height } of nodesOf(column)) {
      expect(x).toBe(COLUMNS[column]);
      expect(y).toBeGreaterThanOrEqual(bottom);
      bottom = y + height;
    }
    expect(bottom).toBeLessThanOrEqual(layout.height);
  }
});

test('the nodes of each column add up to the same height', () => {
  const heights = [...COLUMNS.keys()].map((column) => nodesOf(column).reduce((sum, node) => sum + node.height, 0));
  for (const height of heights) expect(height).toBeCloseTo(heights[0], 6);
  const [top] = nodesOf(2);
  expect(top.id).toBe('for');
  expect(top.height / heights[2]).toBeCloseTo(up / (up + down), 6);
});

test('the ribbons of a node lie side by side and fill it', () => {
  const edges = (path: string) => /^M([\d.]+),([\d.]+)C.* ([\d.]+),([\d.]+)V([\d.]+)C/.exec(path)!.slice(1).map(Number);
  for (const node of nodesOf(1)) {
    const inward = layout.links.filter(({ target }) => target === node.id).map(({ path }) => edges(path));
    inward.sort((a, b) => a[3] - b[3]);
    let y = node.y;
    for (const [, , x, start, end] of inward) {
      expect(x).toBe(node.x);
      expect(start).toBeCloseTo(y, 0);
      y = end;
    }
    expect(y).toBeCloseTo(node.y + node.height, 0);
  }
});

test('without terms there is nothing', () => {
  expect(flowLayout([], COLUMNS, 8)).toEqual({ nodes: [], links: [], height: 0 });
});
