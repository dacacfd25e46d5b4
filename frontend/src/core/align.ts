/**
 * Two sequences side by side, as Python's difflib finds what is equal. Mirrors dualroute/compare/alignment.py; golden
 * data holds them equal.
 */
export type Change = 'same' | 'swapped' | 'deleted' | 'inserted';

/** An index into each sequence, -1 where one has nothing there. */
export interface Column {
  a: number;
  b: number;
  change: Change;
}

type Block = [i: number, j: number, size: number];

export function align(a: readonly string[], b: readonly string[]): Column[] {
  const columns: Column[] = [];
  let i = 0;
  let j = 0;
  for (const [nextI, nextJ, size] of [...matchingBlocks(a, b), [a.length, b.length, 0] as Block]) {
    columns.push(...replaced(i, nextI, j, nextJ));
    for (let k = 0; k < size; k++) columns.push({ a: nextI + k, b: nextJ + k, change: 'same' });
    i = nextI + size;
    j = nextJ + size;
  }
  return columns;
}

function matchingBlocks(a: readonly string[], b: readonly string[]): Block[] {
  const places = new Map<string, number[]>();
  b.forEach((value, j) => places.set(value, [...(places.get(value) ?? []), j]));
  const blocks: Block[] = [];
  const search = (i1: number, i2: number, j1: number, j2: number) => {
    const [i, j, size] = longestMatch(a, places, i1, i2, j1, j2);
    if (!size) return;
    search(i1, i, j1, j);
    blocks.push([i, j, size]);
    search(i + size, i2, j + size, j2);
  };
  search(0, a.length, 0, b.length);
  return blocks;
}

function replaced(i1: number, i2: number, j1: number, j2: number): Column[] {
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => from + k);
  if (i2 - i1 === j2 - j1) return range(i1, i2).map((i, k) => ({ a: i, b: j1 + k, change: 'swapped' }));
  return [
    ...range(i1, i2).map((i): Column => ({ a: i, b: -1, change: 'deleted' })),
    ...range(j1, j2).map((j): Column => ({ a: -1, b: j, change: 'inserted' })),
  ];
}

/** The longest stretch in both; of equals the first in a, and of those the first in b. */
function longestMatch(
  a: readonly string[],
  places: ReadonlyMap<string, number[]>,
  i1: number,
  i2: number,
  j1: number,
  j2: number,
): Block {
  let best: Block = [i1, j1, 0];
  let ending = new Map<number, number>(); // by place in b: length of the match that ends there
  for (let i = i1; i < i2; i++) {
    const next = new Map<number, number>();
    for (const j of places.get(a[i]) ?? []) {
      if (j < j1 || j >= j2) continue;
      const size = (ending.get(j - 1) ?? 0) + 1;
      next.set(j, size);
      if (size > best[2]) best = [i - size + 1, j - size + 1, size];
    }
    ending = next;
  }
  return best;
}
