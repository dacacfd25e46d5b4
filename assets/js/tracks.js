// Aligned tracks: one column per token, one row per quantity. The same DOM turns to one row per token on a phone.
function tokenTrack(grid, onSelect, onFlip) {
  let columns = [], line = null;
  const track = {
    build(p) {
      columns = p.tokens.map((token, t) => tokenColumn(p, token, t));
      line = make('div', 'dr-theta');
      grid.replaceChildren(header(trackNames(p)), ...columns.map((c) => c.node), line);
      grid.style.setProperty('--n', p.T);
      grid.classList.toggle('upright', p.T > 18);
      roving(grid, columns.map((c) => [c.token, c.flow]));
    },
    paintTheta(theta, shown) {
      line.style.setProperty('--theta', theta);
      line.hidden = !shown;
    },
    paint(p, view, outcome, label, scale) {
      columns.forEach((c, t) => paintToken(c, p, view, outcome, label, scale, t));
    },
    attribution(name, scores) {
      const top = scores ? Math.max(1e-12, ...scores.map(Math.abs)) : 1;
      columns.forEach((c, t) => paintBar(c[name], scores ? scores[t] / top : 0, scores ? signed(scores[t], 3) : ''));
    },
    select(token) {
      columns.forEach((c, t) => {
        c.node.classList.toggle('sel', t === token);
        c.token.setAttribute('aria-pressed', t === token);
      });
    },
    names: (p, label) => renameHeader(grid, trackNames(p, label)),
  };
  grid.addEventListener('click', (event) => {
    const column = event.target.closest('.dr-col[data-i]');
    if (!column) return;
    const t = +column.dataset.i;
    event.target.closest('.dr-flow') ? onFlip(t) : onSelect(t);
  });
  return track;
}

const trackNames = (p, label) => [
  ['token', `click a word to see what it reads`],
  ['gate g', `how much the router wants this token to read the ${p.hName}; the line is θ`],
  ['flow ⇄', 'click to send the token the other way'],
  [`adds to ${clip(label ?? 'the answer', 13)}`, 'exact contribution: left bar by itself, right bar from what it read'],
  ['pushed answer', 'attribution: words that moved the prediction up or down'],
  ['opened gates', 'attribution: words that opened (up) or closed (down) the gates'],
];

function header(names) {
  const node = make('div', 'dr-col dr-head');
  names.forEach(([name, help]) => {
    const cell = make('div', '', name);
    cell.title = help;
    node.append(cell);
  });
  return node;
}

function renameHeader(grid, names) {
  names.forEach(([name], i) => {
    const cell = grid.querySelector('.dr-head').children[i];
    setText(cell, name);
  });
}

function tokenColumn(p, token, t) {
  const node = make('div', 'dr-col');
  node.dataset.i = t;
  node.setAttribute('role', 'group');
  const name = button('dr-tok', token), flow = button('dr-flow');
  const gate = make('div', 'dr-bar'), contribution = make('div', 'dr-sgn two');
  gate.append(make('i'));
  gate.firstChild.style.setProperty('--v', p.reading[t].toFixed(4));
  gate.title = `gate ${p.reading[t].toFixed(3)}`;
  contribution.append(make('i', 'own'), make('i', 'got'));
  const pushed = signedBar(), opened = signedBar();
  node.append(name, gate, flow, contribution, pushed, opened);
  return { node, token: name, gate, flow, contribution, pushed, opened };
}

function signedBar() {
  const cell = make('div', 'dr-sgn');
  cell.append(make('i'));
  return cell;
}

function paintToken(c, p, view, outcome, label, scale, t) {
  const state = [label, view.overrides.has(t), ...outcome.weights.slice(t * p.R, (t + 1) * p.R)].join();
  if (c.state === state) return; // most tokens keep their route from one frame to the next
  c.state = state;
  const taken = flowTaken(p, outcome.weights, t), name = taken < 0 ? 'mixed' : p.flows[taken];
  const byHand = view.overrides.has(t);
  c.node.dataset.flow = name;
  c.node.classList.toggle('flipped', byHand);
  const mark = taken < 0 ? percent(outcome.rho[t]).replace(' %', '') : name[0].toUpperCase();
  setText(c.flow, mark);
  const own = outcome.kappa[t] * p.direct[t * p.C + label], got = outcome.rho[t] * p.read[t * p.C + label];
  c.contribution.children[0].style.setProperty('--v', (own / scale).toFixed(4));
  c.contribution.children[1].style.setProperty('--v', (got / scale).toFixed(4));
  c.contribution.title = `${signed(own, 3)} by itself, ${signed(got, 3)} from the ${p.hName}`;
  const words = `${p.tokens[t]}: gate ${p.reading[t].toFixed(3)}, ${name}${byHand ? ', flipped by hand' : ''}`;
  c.token.setAttribute('aria-label', `${words}, adds ${signed(own + got)}. Select.`);
  c.flow.setAttribute('aria-label', `${words}. Send the other way.`);
  c.token.title = words;
  c.flow.title = `${words}. Click to send it the other way.`;
}

function paintBar(cell, share, title) {
  setBar(cell, share);
  cell.title = title;
}

function setBar(cell, share) {
  cell.firstChild.style.setProperty('--v', share.toFixed(4));
  cell.classList.toggle('neg', share < 0);
}

// Arrow keys move among the buttons; only one of them is in the tab order.
function roving(grid, table) {
  const place = { column: 0, row: 0 };
  table.flat().forEach((b) => (b.tabIndex = -1));
  if (table.length) table[0][0].tabIndex = 0;
  grid.onkeydown = (event) => {
    const step = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
    if (!step || !table.length) return;
    event.preventDefault();
    place.column = Math.min(table.length - 1, Math.max(0, place.column + step[0]));
    place.row = Math.min(table[0].length - 1, Math.max(0, place.row + step[1]));
    focusOn(table[place.column][place.row]);
  };
  grid.onfocusin = (event) => {
    const column = table.findIndex((buttons) => buttons.includes(event.target));
    if (column < 0) return;
    place.column = column;
    place.row = table[column].indexOf(event.target);
    table.flat().forEach((b) => (b.tabIndex = b === event.target ? 0 : -1));
  };
}

function focusOn(node) {
  node.tabIndex = 0;
  node.focus();
}
