// Three predictions side by side, and the prediction at every θ.
function outcomeTable(root, onLabel) {
  const body = root.querySelector('.dr-outcome tbody'), head = root.querySelector('.dr-outcome thead tr');
  let p = null, rows = [], rest = null;
  const show = (labels) => {
    rows = labels.map((c) => ({ c, ...row(p.labels[c], c, onLabel) }));
    rest = labels.length < p.C ? restRow(p.C - labels.length) : null;
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
      if (!rows.length || !needed.every((c) => rows.some((r) => r.c === c))) show(labelsToShow(p, outcomes, needed));
      const left = [1, 1, 1];
      rows.forEach((r) => {
        r.name.setAttribute('aria-pressed', r.c === label);
        outcomes.forEach((o, i) => {
          paintCell(r.cells[i], o.probs[r.c], o.best === r.c);
          left[i] -= o.probs[r.c];
        });
      });
      if (rest) rest.cells.forEach((cell, i) => paintCell(cell, Math.max(0, left[i]), false));
    },
  };
}

// All labels where they are few; else the likeliest ones, in the model's order, and always those that are needed.
const MOST_LABELS = 6;
function labelsToShow(p, outcomes, needed) {
  const all = [...p.labels.keys()];
  if (p.C <= MOST_LABELS) return all;
  const likely = (c) => Math.max(...outcomes.map((o) => o.probs[c]));
  const chosen = new Set(needed);
  for (const c of all.sort((a, b) => likely(b) - likely(a))) if (chosen.size < MOST_LABELS - 1) chosen.add(c);
  return [...chosen].sort((a, b) => a - b);
}

function heading(title, detail) {
  const th = make('th');
  th.scope = 'col';
  th.append(make('span', '', title), make('small', '', detail));
  return th;
}

const restRow = (count) => rowOf(make('span', 'dr-rest', `${count} others`));

function row(name, c, onLabel) {
  const label = button('dr-label', name);
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
