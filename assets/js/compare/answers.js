// Each answer's probability in A and in B, and the difference in percentage points.
const MOST_SHOWN = 6;
function answerTable(root) {
  const table = root.querySelector('.cmp-answers'), body = table.querySelector('tbody');
  return {
    paint(pair) {
      const likely = ({ a, b }) => Math.max(a || 0, b || 0);
      const all = answersOf(pair), chosen = [...all].sort((x, y) => likely(y) - likely(x)).slice(0, MOST_SHOWN);
      const said = [answerOf(pair.a, pair.before), answerOf(pair.b, pair.after)];
      const rows = all.filter((row) => chosen.includes(row)).map((row) => answerRow(row, said));
      if (!all.length) rows.push(textRow(said));
      body.replaceChildren(...rows);
    },
  };
}

const points = (share) => (isNaN(share) ? '–' : `${share < -0.0005 ? '−' : share > 0.0005 ? '+' : '±'}${(100 * Math.abs(share)).toFixed(1)} points`);

function answerRow({ name, a, b }, said) {
  const node = make('tr'), th = make('th', '', clip(name, 40)), change = make('td', b - a < 0 ? 'cmp-change down' : 'cmp-change up', points(b - a));
  th.scope = 'row';
  th.title = name;
  node.append(th, ...[a, b].map((share, side) => answerCell(share, said[side] === name, 'ab'[side])), change);
  return node;
}

function answerCell(share, best, side) {
  const td = make('td', `cmp-prob ${side}${best ? ' best' : ''}`), bar = make('i');
  bar.style.transform = `scaleX(${(share || 0).toFixed(4)})`;
  td.append(bar, make('span', '', isNaN(share) ? 'no such answer' : percent(share) + (best ? ' ✓' : '')));
  return td;
}

function textRow(said) {
  const node = make('tr'), th = make('th', '', 'the text');
  node.append(th, ...said.map((text) => make('td', 'cmp-text', text ?? '…')), make('td', '', said[0] === said[1] ? 'the same' : 'changed'));
  return node;
}
