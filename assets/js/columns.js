// What stands under a token: its rows, their names, and how they are painted.
// [name, explanation] of the rows; the context's tracks share the last two.
const ATTRIBUTION_ROWS = [
  ['pushed answer', 'attribution: words that moved the prediction up or down'],
  ['opened gates', 'attribution: words that opened (up) or closed (down) the gates'],
];
const READOUT_ROWS = {
  classification: (label) => [
    [`adds to ${clip(label ?? 'the answer', 13)}`, 'exact contribution: left bar by itself, right bar from what it read'],
    ...ATTRIBUTION_ROWS,
  ],
  span: () => [
    ['score to start', 'exact score to be the answer’s first word: left bar by itself, right bar from what it read'],
    ['score to end', 'exact score to be the answer’s last word: left bar by itself, right bar from what it read'],
    ...ATTRIBUTION_ROWS,
  ],
  generation: () => [
    ['looked at', 'how much of its looking the written piece gave to this token'],
    ['pushed text', 'attribution: words that made the written text likelier (up) or less likely'],
    ATTRIBUTION_ROWS[1],
  ],
};

const trackRows = (p, label) => [
  ['token', `click a word to see what it reads`],
  ['gate g', `how much the router wants this token to read the ${p.hName}; the line is θ`],
  ['flow ⇄', 'click to send the token the other way'],
  ...READOUT_ROWS[p.readout](label),
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
  const name = button('dr-tok', token), flow = button('dr-flow'), gate = bar();
  gate.firstChild.style.setProperty('--v', p.reading[t].toFixed(4));
  gate.title = `gate ${p.reading[t].toFixed(3)}`;
  const cells = READOUT_CELLS[p.readout]();
  node.append(name, gate, flow, ...Object.values(cells).flat());
  return { node, token: name, gate, flow, parts: [], ...cells };
}

const READOUT_CELLS = {
  classification: () => ({ parts: [twoBars()], pushed: signedBar('pushed'), opened: signedBar('opened') }),
  span: () => ({ parts: [twoBars(), twoBars()], pushed: signedBar('pushed'), opened: signedBar('opened') }),
  generation: () => ({ looked: bar('looked'), pushed: signedBar('pushed'), opened: signedBar('opened') }),
};

function bar(className = '') {
  const cell = make('div', `dr-bar ${className}`);
  cell.append(make('i'));
  return cell;
}

function twoBars() {
  const cell = make('div', 'dr-sgn two');
  cell.append(make('i', 'own'), make('i', 'got'));
  return cell;
}

function signedBar(className = '') {
  const cell = make('div', `dr-sgn ${className}`);
  cell.append(make('i'));
  return cell;
}

function paintToken(c, p, view, outcome, label, scale, t) {
  const state = [p.readout === 'span' ? '' : label, view.overrides.has(t), ...outcome.weights.slice(t * p.R, (t + 1) * p.R)].join();
  if (c.state === state) return; // most tokens keep their route from one frame to the next
  c.state = state;
  const taken = flowTaken(p, outcome.weights, t), name = taken < 0 ? 'mixed' : p.flows[taken];
  const byHand = view.overrides.has(t);
  c.node.dataset.flow = name;
  c.node.classList.toggle('flipped', byHand);
  const mark = taken < 0 ? percent(outcome.rho[t]).replace(' %', '') : name[0].toUpperCase();
  setText(c.flow, mark);
  let adds = '';
  p.parts(t, label).forEach(([own, got], k) => {
    const cell = c.parts[k];
    cell.children[0].style.setProperty('--v', (outcome.kappa[t] * own / scale).toFixed(4));
    cell.children[1].style.setProperty('--v', (outcome.rho[t] * got / scale).toFixed(4));
    cell.title = `${signed(outcome.kappa[t] * own, 3)} by itself, ${signed(outcome.rho[t] * got, 3)} from the ${p.hName}`;
    adds += `${adds ? ' and' : ', adds'} ${signed(outcome.kappa[t] * own + outcome.rho[t] * got)}`;
  });
  const words = `${p.tokens[t]}: gate ${p.reading[t].toFixed(3)}, ${name}${byHand ? ', flipped by hand' : ''}`;
  c.token.setAttribute('aria-label', `${words}${adds}. Select.`);
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
