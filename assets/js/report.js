// A report: headings, texts, tables and figures from plain JSON. `element`, `props` and `watch` come from the framework.
const root = element.querySelector('.rp'), plots = new Map(); // drawn or to be drawn: node -> figure
const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) if (isIntersecting) draw(target);
}, { rootMargin: '200px' });

const KINDS = {
  heading: ({ text }) => make('h3', '', text),
  text: ({ text, role }) => make('p', `rp-${role}`, text),
  table: tableBlock,
  figure: figureBlock,
};

function tableBlock({ columns, rows, strong, note }) {
  const scroll = make('div', 'rp-scroll'), table = make('table'), head = make('tr'), body = make('tbody');
  scroll.tabIndex = 0; // so that the keyboard can scroll it
  scroll.setAttribute('role', 'region');
  scroll.setAttribute('aria-label', `Table: ${columns.join(', ')}`);
  head.append(...columns.map((column) => header(column, 'col')));
  body.append(...rows.map((cells, i) => {
    const row = make('tr', strong.includes(i) ? 'rp-strong' : '');
    row.append(header(cells[0], 'row'), ...cells.slice(1).map((cell) => make('td', '', cell)));
    return row;
  }));
  table.append(make('thead'), body);
  table.tHead.append(head);
  scroll.append(table);
  const block = make('div');
  block.append(scroll, make('p', 'rp-note', note));
  return block;
}

function header(text, scope) {
  const node = make('th', '', text);
  node.scope = scope;
  return node;
}

function figureBlock({ figure, label }) {
  const node = make('div', 'rp-plot');
  node.setAttribute('role', 'img');
  node.setAttribute('aria-label', label);
  node.style.height = `${figure.layout.height}px`; // no jump when it arrives
  plots.set(node, figure);
  seen.observe(node);
  return node;
}

async function draw(node) {
  const Plotly = await loadPlotly(root.dataset.plotly);
  if (!plots.has(node)) return; // gone meanwhile
  const { data, layout } = plots.get(node), style = getComputedStyle(root);
  const ink = style.color, line = style.getPropertyValue('--rp-line').trim();
  const axis = (own) => ({ ...own, gridcolor: line, linecolor: line, tickcolor: line });
  const around = { font: { color: ink, family: style.fontFamily, size: 13 }, hoverlabel: { font: { size: 13 } } };
  const themed = { ...layout, ...around, xaxis: axis(layout.xaxis), yaxis: axis(layout.yaxis) };
  await Plotly.react(node, data, themed, { responsive: true, displayModeBar: false });
  node.dataset.drawn = 'yes';
}

function build() {
  for (const node of plots.keys()) {
    seen.unobserve(node);
    if (node.dataset.drawn) window.Plotly.purge(node);
  }
  plots.clear();
  root.replaceChildren(...((props.value && props.value.blocks) || []).map((block) => KINDS[block.kind](block)));
  root.dataset.shown = (props.value && props.value.name) || '';
}

watch('value', build);
build();
