// Two track sets and their difference, one column per place in both texts, all bars on one scale.
function pairGrid(root, { onSelect, onFlip }) {
  const grid = root.querySelector('.cmp-grid'), pages = root.querySelector('.cmp-pages');
  let columns = [], names = [], page = -1, painted = null, lines = {};
  const size = () => pageSize({ T: columns.length });
  const turn = (to) => {
    page = to;
    const shown = columns.slice(page * size(), (page + 1) * size());
    grid.replaceChildren(gridHeader(names), ...shown.map((c) => c.node), lines.a, lines.b);
    grid.style.setProperty('--n', shown.length);
    roving(grid, shown.map((c) => [c.token, c.b.flow].filter(Boolean)));
    [...pages.children].forEach((b, i) => b.setAttribute('aria-checked', i === page));
    if (painted) track.paint(painted);
  };
  const track = {
    build(pair) {
      const scale = Math.max(tokenScale(pair.a.p), tokenScale(pair.b.p));
      names = trackNames(pair);
      columns = pair.columns.map((place, i) => pairColumn(pair, place, i, scale));
      lines = { a: make('div', 'cmp-line a'), b: make('div', 'cmp-line b') };
      ['a', 'b'].forEach((side) => lines[side].style.setProperty('--k', names.findIndex((name) => name.key === `${side} gate`) + 1));
      grid.classList.toggle('upright', size() > 16);
      grid.style.setProperty('--rows', names.map(({ kind }) => HEIGHTS[kind]).join(' '));
      grid.style.setProperty('--cols', names.map(({ kind }) => WIDTHS[kind]).join(' '));
      pages.replaceChildren(...pageButtons({ T: columns.length }, turn));
      pages.hidden = columns.length <= size();
      painted = null;
      turn(0);
    },
    paint(pair) {
      painted = pair;
      const answer = explained(pair);
      trackNames(pair).forEach(({ title }, i) => setText(grid.querySelector('.dr-head').children[i], title));
      ['a', 'b'].forEach((side) => {
        lines[side].style.setProperty('--theta', pair[side].view.theta);
        lines[side].hidden = !usesTheta(pair[side].view);
      });
      columns.slice(page * size(), (page + 1) * size()).forEach((c) => paintPair(c, pair, answer));
    },
    select(i) {
      if (i >= 0 && Math.floor(i / size()) !== page) turn(Math.floor(i / size()));
      columns.forEach((c, k) => {
        c.node.classList.toggle('sel', k === i);
        c.token.setAttribute('aria-pressed', k === i);
      });
    },
  };
  grid.addEventListener('click', (event) => {
    const column = event.target.closest('.dr-col[data-i]');
    if (column) event.target.closest('button.cmp-flow') ? onFlip(+column.dataset.i) : onSelect(+column.dataset.i);
  });
  return track;
}

const HEIGHTS = { token: 'var(--first)', gate: '40px', flow: '24px', adds: '48px', change: '56px' };
const WIDTHS = { token: 'minmax(0, 5.2em)', gate: '.8fr', flow: '26px', adds: '1fr', change: '1fr' };

// What stands in the rows: [{key, kind, title, help}].
function trackNames(pair) {
  const answer = explained(pair);
  const adds = (side) => {
    const { p } = pair[side], n = partCount(p);
    const help = 'exact contribution: left bar by itself, right bar from what it read';
    return Array.from({ length: n }, (_, k) => ({ key: `${side} adds`, kind: 'adds', help,
      title: `${side.toUpperCase()} ${n > 1 ? ['to start', 'to end'][k] : `adds to ${clip(p.nameOf(answer[side]), 9)}`}` }));
  };
  const own = (side) => [
    { key: `${side} gate`, kind: 'gate', title: `${side.toUpperCase()} gate`, help: 'how much the router wants this token to read; the line is θ' },
    { key: `${side} flow`, kind: 'flow', title: `${side.toUpperCase()} flow${side === 'b' ? ' ⇄' : ''}`, help: side === 'b' ? 'click to send the token the other way' : 'the way each token goes' },
    ...adds(side),
  ];
  const change = changeCount(pair), ends = change > 1 ? [' start', ' end'] : [''];
  return [{ key: 'token', kind: 'token', title: 'token', help: 'click a word for its numbers' }, ...own('a'), ...own('b'),
    ...ends.slice(0, change).map((end) => ({ key: 'change', kind: 'change', title: `B − A${end}`, help: 'difference of the two contributions, on the same scale' }))];
}

const partCount = (p) => ({ classification: 1, span: 2, generation: 0 })[p.readout];
const changeCount = ({ a, b }) => (a.p.readout === b.p.readout ? partCount(a.p) : 0);

function gridHeader(names) {
  const node = header(names.map(({ title, help }) => [title, help]));
  [...node.children].forEach((cell, i) => (cell.dataset.side = names[i].key[0]));
  return node;
}

function pairColumn(pair, place, i, scale) {
  const node = make('div', `dr-col ${place.change}`);
  node.dataset.i = i;
  node.setAttribute('role', 'group');
  const token = button('dr-tok', placeName(pair, place));
  const sides = { a: sideCells(pair.a.p, place.a, 'div'), b: sideCells(pair.b.p, place.b, 'button') };
  const change = Array.from({ length: changeCount(pair) }, () => signedBar('cmp-changes'));
  node.append(token, ...['a', 'b'].flatMap((side) => [sides[side].gate, sides[side].way, ...sides[side].adds]), ...change);
  return { node, token, place, scale, change, ...sides };
}

function placeName({ a, b }, { a: i, b: j }) {
  if (i < 0) return `+${b.p.tokens[j]}`;
  if (j < 0) return `−${a.p.tokens[i]}`;
  return a.p.tokens[i] === b.p.tokens[j] ? b.p.tokens[j] : `${a.p.tokens[i]}→${b.p.tokens[j]}`;
}

function sideCells(p, t, tag) {
  const gate = bar('cmp-gate'), adds = Array.from({ length: partCount(p) }, () => (t < 0 ? make('div') : twoBars()));
  if (t < 0) return { gate: make('div'), way: make('div'), flow: null, adds };
  gate.firstChild.style.setProperty('--v', p.reading[t].toFixed(4));
  gate.title = `gate ${p.reading[t].toFixed(3)}`;
  const flow = tag === 'button' ? button('cmp-flow') : make('div', 'cmp-flow');
  return { gate, way: flow, flow, adds };
}

function paintPair(c, pair, answer) {
  const state = ['a', 'b'].map((side) => sideState(pair[side], side === 'a' ? pair.before : pair.after, answer[side], c.place[side])).join('|');
  if (c.state === state) return; // most tokens keep their route from one frame to the next
  c.state = state;
  const parts = {};
  [['a', pair.before], ['b', pair.after]].forEach(([side, outcome]) => {
    const t = c.place[side];
    if (t >= 0) parts[side] = paintSide(c[side], pair[side], outcome, answer[side], c.scale, t);
  });
  c.change.forEach((cell, k) => {
    const change = parts.a && parts.b ? parts.b[k] - parts.a[k] : parts.b ? parts.b[k] : -parts.a[k];
    paintBar(cell, change / c.scale, signed(change, 3));
  });
  c.node.classList.toggle('rerouted', pair.rerouted.includes(c.place));
  const words = columnWords(c, pair, parts);
  c.token.title = words;
  c.token.setAttribute('aria-label', `${words} Select.`);
}

const sideState = ({ p, view }, { weights }, answer, t) => (t < 0 ? '' : [p.readout === 'span' ? '' : answer, view.overrides.has(t),
  [...view.ignored].join(' '), ...weights.slice(t * p.R, (t + 1) * p.R)].join());

function paintSide(cells, row, outcome, answer, scale, t) {
  const { p, view } = row, taken = flowTaken(p, outcome.weights, t), name = taken < 0 ? 'mixed' : p.flows[taken];
  cells.gate.dataset.flow = cells.flow.dataset.flow = name;
  cells.flow.classList.toggle('by-hand', view.overrides.has(t));
  setText(cells.flow, taken < 0 ? String(Math.round(100 * outcome.rho[t])) : name[0].toUpperCase());
  if (cells.flow.type === 'button') cells.flow.setAttribute('aria-label', `${p.tokens[t]} in B: ${name}. Send the other way.`);
  return ignoring(p, view.ignored).parts(t, answer).map(([own, got], k) => {
    cells.adds[k].children[0].style.setProperty('--v', (outcome.kappa[t] * own / scale).toFixed(4));
    cells.adds[k].children[1].style.setProperty('--v', (outcome.rho[t] * got / scale).toFixed(4));
    cells.adds[k].title = `${signed(outcome.kappa[t] * own, 3)} by itself, ${signed(outcome.rho[t] * got, 3)} from the ${p.hName}`;
    return outcome.kappa[t] * own + outcome.rho[t] * got;
  });
}

function columnWords({ place, a, b }, pair, parts) {
  const side = (name, cells, t) => {
    if (t < 0) return `not in ${name.toUpperCase()}`;
    const adds = parts[name].length ? `, adds ${parts[name].map((value) => signed(value)).join(' and ')}` : '';
    return `${name.toUpperCase()}: gate ${pair[name].p.reading[t].toFixed(3)}, ${cells.flow.dataset.flow}${adds}`;
  };
  return `${placeName(pair, place)}. ${side('a', a, place.a)}. ${side('b', b, place.b)}.`;
}
