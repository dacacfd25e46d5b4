// Three predictions side by side, and the prediction at every θ.
function outcomeTable(root, onLabel) {
  const body = root.querySelector('.dr-outcome tbody'), head = root.querySelector('.dr-outcome thead tr');
  let p = null, rows = [], rest = null;
  const show = (labels) => {
    rows = labels.map((c) => ({ c, ...row(p, c, onLabel) }));
    rest = labels.length < p.count ? restRow(p.count - labels.length) : null;
    body.replaceChildren(...rows.map((r) => r.node), ...(rest ? [rest.node] : []));
  };
  return {
    build(payload) {
      p = payload;
      rows = [];
      head.replaceChildren(make('th'), heading('Routed', 'as decided here'),
        heading('Direct alone', `${p.xName} only`), heading('Merged always', `every token reads`));
    },
    paint(outcomes, label) {
      const needed = [label, ...outcomes.map((o) => o.best)];
      if (!rows.length || !needed.every((c) => rows.some((r) => r.c === c))) show(p.choose(outcomes, needed));
      const left = [1, 1, 1];
      rows.forEach((r) => {
        r.name.setAttribute('aria-pressed', r.c === label);
        outcomes.forEach((o, i) => {
          const prob = p.probOf(o, r.c);
          paintCell(r.cells[i], prob, o.best === r.c);
          left[i] -= prob;
        });
      });
      if (rest) rest.cells.forEach((cell, i) => paintCell(cell, Math.max(0, left[i]), false));
    },
  };
}

function heading(title, detail) {
  const th = make('th');
  th.scope = 'col';
  th.append(make('span', '', title), make('small', '', detail));
  return th;
}

const restRow = (count) => rowOf(make('span', 'dr-rest', `${count.toLocaleString('en')} others`));

function row(p, c, onLabel) {
  const name = p.nameOf(c), label = button('dr-label', name);
  label.title = `Explain ${name}: show every token's contribution to it`;
  label.addEventListener('click', () => onLabel(c));
  return { ...rowOf(label), name: label };
}

function rowOf(caption) {
  const node = make('tr'), th = make('th');
  th.scope = 'row';
  th.append(caption);
  const cells = [0, 1, 2].map(() => {
    const td = make('td'), bar = make('i'), text = make('span');
    td.append(bar, text);
    return { td, bar, text };
  });
  node.append(th, ...cells.map((cell) => cell.td));
  return { node, cells };
}

function paintCell(cell, prob, best) {
  cell.bar.style.transform = `scaleX(${prob.toFixed(4)})`;
  setText(cell.text, percent(prob) + (best ? ' ✓' : ''));
  cell.td.classList.toggle('best', best);
}

// The strip under the slider: the label predicted in every stretch of θ, and a tick at every token's gate.
function thetaStrip(root) {
  const strip = root.querySelector('.dr-strip'), ticks = root.querySelector('.dr-ticks');
  return {
    paint(p, view, active) {
      strip.classList.toggle('off', !active);
      strip.hidden = !p.answers;
      const spans = !p.answers ? [] : active ? predictionsOverTheta(p, view) : [{ from: 0, to: 1, label: replay(p, view).best }];
      strip.replaceChildren(...spans.map((span) => segment(p, span)));
      strip.setAttribute('aria-label', 'Prediction by threshold: ' + spans.map((s) =>
        `${p.nameOf(s.label)} from ${s.from.toFixed(2)} to ${s.to.toFixed(2)}`).join('; '));
      ticks.replaceChildren(...Array.from(p.reading, (g, t) => tick(g, p.tokens[t])));
    },
  };
}

function segment(p, { from, to, label }) {
  const node = make('span', 'dr-span');
  node.append(make('span', '', p.nameOf(label)));
  node.style.flexGrow = Math.max(0, to - from).toFixed(5);
  node.dataset.label = label % 6;
  node.title = `θ from ${from.toFixed(3)} to ${to.toFixed(3)}: ${p.nameOf(label)}`;
  return node;
}

function tick(gate, token) {
  const node = make('i');
  node.style.left = `${(100 * gate).toFixed(2)}%`;
  node.title = `${clip(token)}: gate ${gate.toFixed(3)}`;
  return node;
}
