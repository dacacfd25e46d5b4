// Three predictions side by side, and the prediction at every θ.
function outcomeTable(root, onLabel) {
  const body = root.querySelector('.dr-outcome tbody'), head = root.querySelector('.dr-outcome thead tr');
  let rows = [];
  return {
    build(p) {
      head.replaceChildren(make('th'), heading('Routed', 'as decided below'),
        heading('Direct alone', `${p.xName} only`), heading('Merged always', `every token reads`));
      rows = p.labels.map((name, c) => row(name, c, onLabel));
      body.replaceChildren(...rows.map((r) => r.node));
    },
    paint(outcomes, label) {
      rows.forEach((r, c) => {
        r.name.setAttribute('aria-pressed', c === label);
        outcomes.forEach((o, i) => paintCell(r.cells[i], o.probs[c], o.best === c));
      });
    },
  };
}

function heading(title, detail) {
  const th = make('th');
  th.scope = 'col';
  th.append(make('span', '', title), make('small', '', detail));
  return th;
}

function row(name, c, onLabel) {
  const node = make('tr'), th = make('th'), label = button('dr-label', name);
  th.scope = 'row';
  label.title = `Explain ${name}: show every token's contribution to it`;
  label.addEventListener('click', () => onLabel(c));
  th.append(label);
  const cells = [0, 1, 2].map(() => {
    const td = make('td'), bar = make('i'), text = make('span');
    td.append(bar, text);
    return { td, bar, text };
  });
  node.append(th, ...cells.map((cell) => cell.td));
  return { node, name: label, cells };
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
      const spans = active ? predictionsOverTheta(p, view) : [{ from: 0, to: 1, label: replay(p, view).best }];
      strip.replaceChildren(...spans.map((span) => segment(p, span)));
      strip.setAttribute('aria-label', 'Prediction by threshold: ' + spans.map((s) =>
        `${p.labels[s.label]} from ${s.from.toFixed(2)} to ${s.to.toFixed(2)}`).join('; '));
      ticks.replaceChildren(...Array.from(p.reading, (g, t) => tick(g, p.tokens[t])));
    },
  };
}

function segment(p, { from, to, label }) {
  const node = make('span', 'dr-span', p.labels[label]);
  node.style.flexGrow = Math.max(0, to - from).toFixed(5);
  node.dataset.label = label % 6;
  node.title = `θ from ${from.toFixed(3)} to ${to.toFixed(3)}: ${p.labels[label]}`;
  return node;
}

function tick(gate, token) {
  const node = make('i');
  node.style.left = `${(100 * gate).toFixed(2)}%`;
  node.title = `${clip(token)}: gate ${gate.toFixed(3)}`;
  return node;
}
