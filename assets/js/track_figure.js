// The tracks as one SVG, drawn from their numbers: all tokens, however the page has turned or folded them.
const FIGURE = { width: 1100, head: 136, gap: 3, most: 44, rows: { gate: 56, flow: 22, two: 46, signed: 40, share: 30 } };

function trackFigure(p, view, outcome, label, scores, style) {
  const pen = svgPen(style), page = svgNode('svg', { xmlns: SVG, 'font-family': 'system-ui, sans-serif', 'font-size': 12 });
  const ground = svgNode('rect', { width: '100%', height: '100%', fill: pen.tone('page') });
  page.append(ground);
  let y = pen.words(page, sentence(p, view, outcome, p.alone, p.always), 24, 16, 650);
  for (const block of trackBlocks(p, view, outcome, label, scores)) y = drawBlock(page, pen, block, y + 14);
  y = pen.words(page, `${decisionWords(p, view)} ${p.made}`, y + 22, 11, 400, pen.tone('quiet'));
  page.setAttribute('width', FIGURE.width);
  page.setAttribute('height', y + 8);
  page.setAttribute('viewBox', `0 0 ${FIGURE.width} ${y + 8}`);
  return new XMLSerializer().serializeToString(page);
}

function decisionWords(p, view) {
  const flips = view.overrides.size ? `, ${count(view.overrides.size, 'token')} flipped by hand` : '';
  return `Policy ${view.policy.replace('_', ' ')}, θ = ${view.theta.toFixed(3)}${flips}.`;
}

// Long texts go on in further lines of columns.
function drawBlock(page, pen, { title, names, rows }, y) {
  y = pen.words(page, capital(title), y + 14, 14, 650);
  const perLine = Math.min(FIGURE.most, names.length);
  const wide = Math.min(120, (FIGURE.width - FIGURE.head - 16) / perLine);
  for (let from = 0; from < names.length; from += perLine) {
    const columns = { from, to: Math.min(names.length, from + perLine), wide };
    y = drawNames(page, pen, names, columns, y + 6);
    for (const row of rows) y = drawRow(page, pen, row, names, columns, y + 4);
  }
  return y;
}

function drawNames(page, pen, names, { from, to, wide }, y) {
  const shown = names.slice(from, to).map((name) => clip(name, 34)), longest = Math.max(...shown.map((name) => name.length));
  const upright = longest * 7.6 > wide, high = upright ? longest * 7.4 + 4 : 18;
  pen.text(page, 'token', FIGURE.head - 8, y + high - 5, { anchor: 'end', fill: pen.tone('quiet') });
  shown.forEach((name, i) => {
    const x = FIGURE.head + i * wide + wide / 2;
    const turned = upright ? { transform: `rotate(-90 ${x + 4} ${y + high - 2})`, anchor: 'start' } : { anchor: 'middle' };
    pen.text(page, name, upright ? x + 4 : x, y + high - (upright ? 2 : 5), { ...turned, family: 'monospace', fill: pen.tone('text') });
  });
  return y + high;
}

function drawRow(page, pen, row, names, { from, to, wide }, y) {
  const high = FIGURE.rows[row.kind];
  pen.text(page, clip(row.name, 20), FIGURE.head - 8, y + high / 2 + 4, { anchor: 'end', fill: pen.tone('quiet') });
  for (let i = from; i < to; i++) {
    const box = { x: FIGURE.head + (i - from) * wide, y, width: wide - FIGURE.gap, height: high };
    const cell = svgNode('g', { class: `cell ${row.kind}` });
    cell.append(svgNode('rect', { ...box, rx: 2, fill: pen.tone('cell') }));
    CELLS[row.kind](pen, cell, box, row, i);
    const said = svgNode('title', {});
    said.textContent = xmlText(`${names[i]}: ${row.name} ${valueWords(row.values[i])}`);
    cell.append(said);
    page.append(cell);
  }
  if (row.theta != null) page.append(svgNode('line', {
    class: 'theta', x1: FIGURE.head, x2: FIGURE.head + (to - from) * wide - FIGURE.gap,
    y1: y + high * (1 - row.theta), y2: y + high * (1 - row.theta), stroke: pen.tone('accent'), 'stroke-width': 2,
  }));
  return y + high;
}

const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
const valueWords = (value) => (Array.isArray(value) ? `${signed(value[0], 3)} by itself, ${signed(value[1], 3)} read`
  : typeof value === 'number' ? value.toFixed(4) : value);

const CELLS = {
  gate: (pen, cell, box, { values, flows }, i) => pen.rise(cell, box, values[i], pen.flow(flows[i])),
  share: (pen, cell, box, { values, top }, i) => pen.rise(cell, box, values[i] / top, pen.tone('merged')),
  signed: (pen, cell, box, { values, top }, i) => pen.lean(cell, box, values[i] / top, pen.tone(values[i] < 0 ? 'down' : 'up')),
  two(pen, cell, box, { values, top }, i) {
    const half = { ...box, width: box.width / 2 };
    pen.lean(cell, half, values[i][0] / top, pen.tone('direct'));
    pen.lean(cell, { ...half, x: box.x + box.width / 2 }, values[i][1] / top, pen.tone('merged'));
  },
  flow(pen, cell, box, { values, flipped }, i) {
    const edge = flipped[i] ? { stroke: pen.tone('accent'), 'stroke-width': 3 } : {};
    cell.append(svgNode('rect', { ...box, rx: 2, fill: pen.flow(values[i]), ...edge }));
    pen.text(cell, values[i][0].toUpperCase(), box.x + box.width / 2, box.y + 15, { anchor: 'middle', fill: pen.onFlow(values[i]), weight: 700 });
  },
};
