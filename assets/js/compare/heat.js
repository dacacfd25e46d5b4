// One text through all routers: a row per router, a column per token, the darker the more it wants to read.
function heatMap(root, choices, { current, send }) {
  const box = root.querySelector('.cmp-heat'), status = root.querySelector('.cmp-all-status');
  let text = null;
  const turns = askingInTurn(send, (error) => setText(status, `No answer: ${error}`));
  root.querySelector('.cmp-all').addEventListener('click', () => {
    text = requestOf(current());
    setText(status, 'All routers are running …');
    turns.ask({ ...text, overrides: [], policy: null, threshold: null });
  });
  return {
    arrived(answer) {
      if (!answer || !turns.answered(answer)) return;
      setText(status, '');
      box.hidden = false;
      box.replaceChildren(heatTable(answer.rows, choices, text));
    },
  };
}

function heatTable(rows, choices, text) {
  const table = make('table', 'cmp-heat-table'), head = make('tr'), body = make('tbody'), tokens = rows[0].tokens;
  head.append(make('th', '', 'router'), ...tokens.map((token) => heatToken(token)));
  const place = (row) => choices.findIndex(({ name }) => name === row.checkpoint);
  const order = (row) => (place(row) < 0 ? choices.length : place(row));
  const lines = [...rows].sort((a, b) => order(a) - order(b)).map((row) => heatRow(row, tokens, choices, text));
  body.append(...lines.map(({ node }) => node));
  table.append(make('thead'), body);
  table.tHead.append(head);
  const cells = lines.map((line) => line.cells).filter((line) => line.length);
  roving(table, tokens.map((_, i) => cells.map((line) => line[i]).filter(Boolean)).filter((column) => column.length));
  return table;
}

function heatToken(token) {
  const th = make('th'), name = make('span', '', token);
  th.scope = 'col';
  th.append(name);
  return th;
}

function heatRow(row, tokens, choices, text) {
  const node = make('tr'), choice = choices.find(({ name }) => name === row.checkpoint), th = make('th');
  th.scope = 'row';
  th.append(make('span', '', choice ? choice.title : row.checkpoint));
  node.append(th);
  if (row.error) {
    const cell = make('td', 'cmp-heat-error', row.error);
    cell.colSpan = tokens.length;
    node.append(cell);
    return { node, cells: [] };
  }
  const gates = unpack(row.gates), cells = [], reads = (g) => row.reads && row.policy.includes('threshold') && g > row.threshold;
  th.append(make('small', '', row.reads ? `${Array.from(gates).filter(reads).length} of ${gates.length} read at θ ${thetaWords(row.threshold)[0]}` : 'has nothing to read here'));
  const at = new Map(align(tokens, row.tokens).filter((c) => c.a >= 0 && c.b >= 0).map((c) => [c.a, c.b]));
  tokens.forEach((token, i) => {
    const td = make('td');
    if (at.has(i)) cells.push(heatCell(td, row, token, gates[at.get(i)], reads(gates[at.get(i)]), text));
    node.append(td);
  });
  return { node, cells };
}

function heatCell(td, row, token, gate, reads, text) {
  const b = button(`cmp-cell${reads ? ' reads' : ''}${gate > 0.72 ? ' strong' : ''}`, String(Math.round(100 * gate)));
  b.style.setProperty('--v', gate.toFixed(3));
  b.title = `${row.checkpoint}, ${token}: gate ${gate.toFixed(3)}${reads ? ', reads' : ''}`;
  b.setAttribute('aria-label', `${b.title}. Open in Inspect.`);
  b.addEventListener('click', () => tell('open', { checkpoint: row.checkpoint, x: text.x, h: row.given ? text.h : '', image: row.given ? text.image : '' }));
  td.append(b);
  return b;
}
