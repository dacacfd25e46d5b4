// Two sequences side by side, as Python's difflib finds what is equal: mirrors dualroute/compare/alignment.py.
// -> [{a, b, change}]: an index into each, -1 where one has nothing there.
function align(a, b) {
  const places = new Map();
  b.forEach((value, j) => places.set(value, [...(places.get(value) || []), j]));
  const columns = [];
  const between = (i1, i2, j1, j2) => {
    const { i, j, size } = longestMatch(a, places, i1, i2, j1, j2);
    if (!size) return;
    between(i1, i, j1, j);
    blocks.push([i, j, size]);
    between(i + size, i2, j + size, j2);
  };
  const blocks = [];
  between(0, a.length, 0, b.length);
  let i = 0, j = 0;
  for (const [nextI, nextJ, size] of [...blocks, [a.length, b.length, 0]]) {
    columns.push(...replaced(i, nextI, j, nextJ));
    for (let k = 0; k < size; k++) columns.push({ a: nextI + k, b: nextJ + k, change: 'same' });
    i = nextI + size;
    j = nextJ + size;
  }
  return columns;
}

function replaced(i1, i2, j1, j2) {
  const range = (from, to) => Array.from({ length: to - from }, (_, k) => from + k);
  if (i2 - i1 === j2 - j1) return range(i1, i2).map((i, k) => ({ a: i, b: j1 + k, change: 'swapped' }));
  return [...range(i1, i2).map((i) => ({ a: i, b: -1, change: 'deleted' })),
    ...range(j1, j2).map((j) => ({ a: -1, b: j, change: 'inserted' }))];
}

// The longest stretch in both; of equals the first in a, and of those the first in b.
function longestMatch(a, places, i1, i2, j1, j2) {
  let best = { i: i1, j: j1, size: 0 }, ending = new Map();
  for (let i = i1; i < i2; i++) {
    const now = new Map();
    for (const j of places.get(a[i]) || []) {
      if (j < j1 || j >= j2) continue;
      const size = (ending.get(j - 1) || 0) + 1;
      now.set(j, size);
      if (size > best.size) best = { i: i - size + 1, j: j - size + 1, size };
    }
    ending = now;
  }
  return best;
}
