// The rows as a table: which is A, which is B, what each is and where it comes from.
function rowList(root, { onChoose, onOpen, onRemove }) {
  const body = root.querySelector('.cmp-rows tbody');
  let shown = [];
  return {
    build(rows) {
      shown = rows.map((row) => ({ row, ...rowCells(row, { onChoose, onOpen, onRemove }) }));
      body.replaceChildren(...shown.map(({ node }) => node));
    },
    paint(chosen) {
      shown.forEach((cells) => {
        const { row, node, marks, decision, answer, from } = cells;
        ['a', 'b'].forEach((side) => {
          marks[side].setAttribute('aria-pressed', chosen[side] === row.id);
          node.classList.toggle(`is-${side}`, chosen[side] === row.id);
        });
        const state = [row.kind, row.p.key, row.p.written?.text, viewKey(row.view)].join('\n');
        if (cells.state === state) return; // while θ is dragged one row alone changes
        cells.state = state;
        const outcome = outcomeOf(row), said = answerOf(row, outcome);
        setText(decision, viewWords(row));
        setText(answer, said == null ? '…' : clip(said, 40) + (row.p.answers ? ` ${percent(probabilityOf(row, outcome))}` : ''));
        setText(from, lineage(row) + (row.kind === 'draft' ? ' (being edited)' : ''));
      });
    },
  };
}

function rowCells(row, { onChoose, onOpen, onRemove }) {
  const node = make('tr'), name = make('th', '', row.name), marks = {};
  const cells = ['a', 'b'].map((side) => {
    const cell = make('td', 'cmp-mark');
    marks[side] = button(`cmp-choose ${side}`, side.toUpperCase());
    marks[side].setAttribute('aria-label', `Take ${row.name} as ${side.toUpperCase()}`);
    marks[side].addEventListener('click', () => onChoose(side, row.id));
    cell.append(marks[side]);
    return cell;
  });
  name.scope = 'row';
  const input = make('td', 'cmp-input'), decision = make('td'), answer = make('td', 'cmp-answer'), from = make('td', 'cmp-from'), actions = make('td', 'cmp-actions');
  input.append(make('small', '', row.p.checkpoint), make('span', '', clip(row.p.x, 60)));
  input.title = row.p.x;
  actions.append(actionButton('Open in Inspect', row, onOpen));
  if (row.kind === 'kept' || row.kind === 'draft') actions.append(actionButton('Remove', row, onRemove));
  node.append(...cells, name, input, decision, answer, from, actions);
  return { node, marks, decision, answer, from };
}

function actionButton(word, row, act) {
  const b = button('cmp-action', word);
  b.setAttribute('aria-label', `${word}: ${row.name}`);
  b.addEventListener('click', () => act(row));
  return b;
}

function viewWords({ p, view }) {
  const title = p.policies.find(([name]) => name === view.policy)[1];
  return [usesTheta(view) ? `${title} θ ${thetaWords(view.theta)[0]}` : title,
    ...(view.overrides.size ? [count(view.overrides.size, 'flip')] : []), ...(view.ignored.size ? [`${view.ignored.size} unread`] : [])].join(', ');
}

// What another tab or the server is asked for, to see or run this row.
const requestOf = ({ p, view }) => ({ checkpoint: p.checkpoint, x: p.x, h: p.h, image: p.image || '', policy: view.policy,
  threshold: view.theta, overrides: [...view.overrides].map(([t, flow]) => [t, p.flows[flow]]) });
