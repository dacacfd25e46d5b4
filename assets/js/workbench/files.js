// Taking numbers and figures along. `download` and `pngOf` are the page's own.
const SCORE_COLUMNS = ['input', 'checkpoint', 'target', 'label', 'method', 'parameters', 'baseline', 'granularity', 'seed', 'stale',
  'text', 'unit', 'first_token', 'last_token', 'words', 'score'];

function scoresTable(p, tracks) {
  const rows = tracks.flatMap((track) => {
    const told = [track.key, p.checkpoint, track.target, track.label, track.method, JSON.stringify(track.parameters), track.baseline,
      track.granularity, track.seed, track.stale];
    const side = (name, tokens, scores, groups) => namedUnits(tokens, scores, groups).map((unit, i) => {
      const { from, to } = unitsOf(scores, groups)[i];
      return [...told, name, i, from, to - 1, unit.name, unit.value];
    });
    return [...side(p.xName, p.tokens, track.scores, track.groups), ...side(p.hName, p.contextTokens, track.contextScores, track.contextGroups)];
  });
  return { columns: SCORE_COLUMNS, rows };
}

const METHOD_COLUMNS = ['input', 'target', 'label', 'method', 'parameters', 'baseline', 'granularity', 'seed', 'stale', 'sum', 'value',
  'baselineValue', 'change', 'delta', 'forward_passes', 'backward_passes', 'steps', 'seconds', 'converged', 'agreement'];

function methodsTable(tracks) {
  const passes = { forward_passes: 0, backward_passes: 1 };
  const rows = tracks.map((track) => METHOD_COLUMNS.map((name) => {
    if (name === 'input') return track.key;
    if (name === 'parameters') return JSON.stringify(track.parameters);
    return name in passes ? track.passes && track.passes[passes[name]] : track[name];
  }));
  return { columns: METHOD_COLUMNS, rows };
}

function svgWords(attributes, words, tag = 'text') {
  const node = svgNode(tag, attributes);
  node.textContent = xmlText(words);
  return node;
}

// The figure of tracks, drawn from its numbers: all tokens, forty in a row.
const BARS = { head: 230, column: 26, names: 92, row: 34, gap: 6, up: '#00805d', down: '#d55e00', gate: '#e69f00', unsigned: '#7a3e9d' };
function tracksSvg(title, parts) {
  const F = BARS, blocks = parts.flatMap(({ name, tokens, rows }) =>
    Array.from({ length: Math.ceil(tokens.length / WB_PAGE) }, (_, i) => ({ name, tokens, rows, from: i * WB_PAGE, to: Math.min(tokens.length, (i + 1) * WB_PAGE) })));
  const height = (b) => 26 + F.names + b.rows.length * (F.row + F.gap) + 14;
  const width = F.head + F.column * Math.max(1, ...blocks.map((b) => b.to - b.from)) + 16;
  const svg = svgNode('svg', { xmlns: SVG, width, height: 40 + blocks.reduce((sum, b) => sum + height(b), 0), 'font-family': 'sans-serif', 'font-size': 12, fill: '#111' });
  svg.append(svgNode('rect', { width: '100%', height: '100%', fill: '#fff' }), svgWords({ x: 8, y: 22, 'font-size': 14 }, clip(title, Math.floor(width / 8))));
  let y = 36;
  for (const block of blocks) {
    svg.append(svgBlock(block, y));
    y += height(block);
  }
  return svg;
}

function svgBlock({ name, tokens, rows, from, to }, y) {
  const F = BARS, group = svgNode('g', {}), top = y + 20 + F.names, x = (t) => F.head + (t - from) * F.column;
  group.append(svgWords({ x: 8, y: y + 14, 'font-weight': 600 }, name));
  for (let t = from; t < to; t++)
    group.append(svgWords({ transform: `translate(${x(t) + F.column / 2 + 4} ${top - 6}) rotate(-90)`, 'font-family': 'monospace' }, clip(tokens[t], 14)));
  rows.forEach((row, r) => {
    const at = top + r * (F.row + F.gap), signed = row.kind === 'signed', zero = signed ? at + F.row / 2 : at + F.row;
    group.append(svgWords({ x: 8, y: at + 14 }, clip(row.title, 34)),
      svgWords({ x: 8, y: at + 28, 'font-size': 10, fill: '#555' }, clip(row.detail + (row.stale ? `, stale: ${row.stale}` : ''), 42)),
      svgNode('line', { x1: x(from), x2: x(to), y1: zero, y2: zero, stroke: '#bbb' }));
    for (const unit of row.units.filter((u) => u.to > from && u.from < to)) {
      const first = Math.max(unit.from, from), end = Math.min(unit.to, to), share = row.top ? unit.value / row.top : 0;
      const size = Math.min(1, Math.abs(share)) * (signed ? F.row / 2 : F.row);
      const bar = svgNode('rect', { x: x(first) + 2, width: (end - first) * F.column - 4, y: share < 0 ? zero : zero - size, height: size,
        fill: signed ? (share < 0 ? F.down : F.up) : F[row.kind], opacity: row.stale ? 0.4 : 1 });
      bar.append(svgWords({}, `${row.short} ${numberWords(row, unit.value)}`, 'title'));
      group.append(bar);
    }
  });
  return group;
}
