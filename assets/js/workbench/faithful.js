// Faithfulness of the methods on screen: measured when asked for, drawn as curves beside chance.
const METHOD_COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#7a3e9d', '#5b6270', '#a6761d', '#00805d', '#b2182b', '#332288'];
const DASHES = ['solid', 'dash', 'dot', 'dashdot', 'longdash'];

function faithfulPart(root, send, cancel) {
  const $f = (name) => root.querySelector(`.wb-${name}`), box = $f('faithful');
  const job = longRun(send, cancel, { begin: $f('measure'), end: $f('stop'), progress: $f('measured'), status: $f('faithful-status') });
  let records = [], subject = null, wanted = () => null, drawn = '', scale = 'probability', measures = [];
  $f('measure').addEventListener('click', () => {
    const asked = wanted();
    if (!asked) return setText($f('faithful-status'), 'Run a method first: only what is on screen and not stale is measured.');
    job.start(asked.request, asked.context);
  });
  const draw = () => {
    if (!subject) return;
    const { p, now } = subject;
    const here = records.filter((r) => r.key === p.key).map((r) => ({ ...r, stale: staleWords(r, now) }));
    const state = JSON.stringify([here.map((r) => [r.count, r.stale]), scale, document.body.className]);
    if (state === drawn) return;
    drawn = state;
    if (window.Plotly) box.querySelectorAll('.js-plotly-plot').forEach((node) => window.Plotly.purge(node));
    const targets = [...new Set(here.map((r) => r.target))];
    const parts = targets.map((target) => targetPart(root, p, target, here.filter((r) => r.target === target), scale, measures));
    const two = here.some((r) => r.scales.probability && r.scales.value);
    box.replaceChildren(...(two ? [scaleSwitch(scale, (name) => { scale = name; draw(); })] : []), ...parts.map((part) => part.node));
    parts.forEach((part) => part.draw());
  };
  return {
    show(p, tracks, now, request, parameters) {
      subject = { p, now };
      wanted = () => measurable(p, tracks, now, request, parameters);
      draw();
    },
    arrived(result) {
      const from = job.heard(result);
      if (!from) return;
      measures = result.measures || measures;
      const fresh = (result.records || []).map((r) => ({ ...r, ...from, settings: from.settings[r.method], count: result.id }));
      records = [...records.filter((r) => !fresh.some((f) => f.key === r.key && f.target === r.target && f.method === r.method)), ...fresh].slice(-60);
      draw();
    },
    records: () => records,
    redraw: draw,
  };
}

// What can be measured: tracks of this input that are not stale. The server attributes again, or remembers.
function measurable(p, tracks, now, request, parameters) {
  const here = tracks.filter((t) => t.key === p.key && !t.stale), names = [...new Set(here.map((t) => t.method))];
  if (!here.length) return null;
  return {
    request: { ...request(), methods: Object.fromEntries(names.map((name) => [name, parameters(name)])) },
    context: { key: now.key, route: now.route, settings: Object.fromEntries(names.map((name) => [name, now.settings(name)])) },
  };
}

function scaleSwitch(scale, choose) {
  const box = make('div', 'wb-scales');
  box.setAttribute('role', 'radiogroup');
  box.setAttribute('aria-label', 'What is measured');
  box.append(...[['probability', 'probability of the answer'], ['value', 'the score itself']].map(([name, words]) => {
    const b = button('wb-scale', words);
    b.setAttribute('role', 'radio');
    b.setAttribute('aria-checked', name === scale);
    b.addEventListener('click', () => choose(name));
    return b;
  }));
  roving(box, [...box.children].map((b) => [b]));
  return box;
}

function targetPart(root, p, target, records, scale, measures) {
  const node = make('section', 'wb-faith'), scaleOf = (r) => (r.scales[scale] ? scale : Object.keys(r.scales)[0]);
  node.append(make('h4', '', targetWords(p, target, records[0].label)), measuresTable(p, records, scaleOf, measures));
  const plots = make('div', 'wb-plots'), figures = [];
  const plot = (title, about, data, layout) => {
    const box = make('figure', 'wb-plot-box'), div = make('div', 'wb-plot'), caption = make('figcaption');
    div.setAttribute('role', 'img');
    div.setAttribute('aria-label', `${title}. ${about} The numbers are in the table and the files.`);
    caption.append(make('b', '', title), make('small', '', about), ...['svg', 'png'].map((format) => plotButton(div, title, format, data, layout)));
    box.append(caption, div);
    plots.append(box);
    figures.push([div, data, layout]);
  };
  const y = scaleOf(records[0]) === 'probability' ? (isGate(target) ? 'gate' : 'probability') : 'score';
  plot('Deletion', 'Erased first: what the method names first. The faster it falls, the better.', curves(records, scaleOf, 'deletion'), axes('words erased', y));
  plot('Insertion', 'Kept first: what the method names first. The faster it rises, the better.', curves(records, scaleOf, 'insertion'), axes('words kept', y));
  if (records.some((r) => r.flips)) plot('Flipping', 'Tokens that read are sent direct, in this order; exact, by replay.', flipCurves(records), axes('reading tokens flipped', 'score'));
  node.append(legendOf(figures), plots);
  return { node, draw: () => figures.forEach(([div, data, layout]) => drawPlot(root, div, data, layout)) };
}

const colorOf = (name) => METHOD_COLORS[Math.max(0, config.methods.findIndex((m) => m.name === name)) % METHOD_COLORS.length];
const dashOf = (name) => DASHES[Math.max(0, config.methods.findIndex((m) => m.name === name)) % DASHES.length];
const line = (name, x, y, color, dash, more = {}) => ({ type: 'scatter', mode: 'lines+markers', name, x, y, line: { color, dash, width: 2 }, marker: { size: 5 }, hovertemplate: '%{y:.3f}', ...more });

function band(x, { mean, low, high }, name = 'random orders') {
  const edge = { type: 'scatter', mode: 'lines', x, line: { width: 0 }, hoverinfo: 'skip', showlegend: false };
  return [{ ...edge, y: low }, { ...edge, y: high, fill: 'tonexty', fillcolor: 'rgba(136,136,136,.25)' }, line(name, x, mean, '#888888', 'dot', { mode: 'lines' })];
}

function curves(records, scaleOf, which) {
  const first = records[0].scales[scaleOf(records[0])], chance = first[which === 'deletion' ? 'randomDeletion' : 'randomInsertion'];
  return [...(chance ? band(first.shares, chance) : []), ...records.map((r) => {
    const found = r.scales[scaleOf(r)];
    return line(r.title, found.shares, found[which], colorOf(r.method), dashOf(r.method), { opacity: r.stale ? 0.4 : 1 });
  })];
}

function flipCurves(records) {
  const found = records.filter((r) => r.flips), { orders, random } = found[0].flips;
  const shares = (scores) => scores.map((_, i) => i / Math.max(1, scores.length - 1));
  const fixed = orders.filter(([name]) => name !== 'attribution').map(([name, words, o]) => line(words, shares(o.scores), o.scores, name === 'gate' ? '#e69f00' : '#111111', name === 'gate' ? 'solid' : 'dash'));
  return [...(random ? band(shares(random.mean), random) : []), ...fixed, ...found.map((r) => {
    const { scores } = r.flips.orders.find(([name]) => name === 'attribution')[2];
    return line(r.title, shares(scores), scores, colorOf(r.method), dashOf(r.method));
  })];
}

const axes = (x, y) => ({
  height: 280, margin: { l: 52, r: 12, t: 8, b: 44 }, xaxis: { title: { text: x }, tickformat: '.0%', range: [-0.02, 1.02] }, yaxis: { title: { text: y } },
  showlegend: false, hovermode: 'x unified',
});

async function drawPlot(root, div, data, layout) {
  const Plotly = await loadPlotly(root.dataset.plotly);
  if (!div.isConnected) return;
  const style = getComputedStyle(root), ink = style.color, rule = style.getPropertyValue('--wb-line').trim();
  const axis = (own) => ({ ...own, gridcolor: rule, linecolor: rule, zerolinecolor: rule });
  const inked = data.map((trace) => (trace.line && trace.line.color === '#111111' ? { ...trace, line: { ...trace.line, color: ink } } : trace));
  await Plotly.react(div, inked, { ...layout, xaxis: axis(layout.xaxis), yaxis: axis(layout.yaxis), font: { color: ink, family: style.fontFamily, size: 12 },
    hoverlabel: { bgcolor: style.getPropertyValue('--wb-cell').trim(), font: { color: ink } }, paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)' }, { responsive: true, displayModeBar: false });
  div.dataset.drawn = 'yes';
}

// A file has its own legend, and white paper.
function plotButton(div, title, format, data, layout) {
  const b = button('wb-file', format.toUpperCase());
  b.setAttribute('aria-label', `${title} as ${format.toUpperCase()}`);
  const figure = { data, layout: { ...layout, title: { text: title, font: { size: 14 } }, showlegend: true, margin: { l: 60, r: 20, t: 40, b: 50 }, paper_bgcolor: '#fff' } };
  b.addEventListener('click', async () => {
    const Plotly = await loadPlotly(root.dataset.plotly);
    Plotly.downloadImage(figure, { format, width: 900, height: 450, filename: `${title.toLowerCase()}-${root.dataset.ready}` });
  });
  return b;
}

// One legend for all curves of a target.
function legendOf(figures) {
  const box = make('p', 'wb-lines'), seen = new Map();
  figures.flatMap(([, data]) => data).filter((trace) => trace.name && !seen.has(trace.name)).forEach((trace) => seen.set(trace.name, trace.line));
  box.append(...[...seen].map(([name, { color, dash }]) => {
    const item = make('span'), key = make('i');
    key.style.borderTop = `3px ${{ solid: 'solid', dot: 'dotted' }[dash] || 'dashed'} ${color === '#111111' ? 'currentColor' : color}`;
    item.append(key, make('span', '', name));
    return item;
  }));
  return box;
}

function measuresTable(p, records, scaleOf, measures) {
  const scroll = make('div', 'wb-scroll wb-table'), table = make('table'), head = make('tr'), body = make('tbody');
  scroll.tabIndex = 0;
  scroll.setAttribute('role', 'region');
  scroll.setAttribute('aria-label', 'Measures of faithfulness');
  const named = measures.map(([, title, sign, says]) => Object.assign(scoped(`${title} ${sign > 0 ? '↑' : '↓'}`, 'col'), { title: `${says}; ${sign > 0 ? 'more' : 'less'} is better` }));
  const last = Object.assign(scoped('Unexplained ↓', 'col'), { title: 'share of the changes under random erasures that the scores do not explain, at their best scale' });
  head.append(scoped('Method', 'col'), ...named, last, Object.assign(scoped('Infidelity ↓', 'col'), { title: 'mean squared error of the scores under random erasures (captum.metrics)' }));
  const words = (v) => v.toFixed(3);
  body.append(...records.map((r) => {
    const tr = make('tr', r.stale ? 'is-stale' : ''), th = scoped(r.title, 'row'), found = r.scales[scaleOf(r)].summary;
    if (r.stale) th.append(make('em', '', `stale: ${r.stale}`));
    tr.append(th, ...measures.map(([name, , sign]) => measureCell(found[name], sign)), make('td', '', maybe(r.unexplained, words)), make('td', '', maybe(r.infidelity, (v) => v.toPrecision(3))));
    return tr;
  }), chanceRow(records[0].scales[scaleOf(records[0])].summary, measures, records[0].orders));
  table.append(make('thead'), body);
  table.tHead.append(head);
  scroll.append(table);
  return scroll;
}

// Beyond what 95 % of the random orders reach, on the good side: bold, and said.
function measureCell({ value, interval }, sign) {
  const beats = interval && (sign > 0 ? value > interval[1] : value < interval[0]), td = make('td', beats ? 'wb-beats' : '', value.toFixed(3) + (beats ? ' ✓' : ''));
  if (interval) td.title = `${beats ? 'better than' : 'not beyond'} 95 % of the random orders, ${interval.map((v) => v.toFixed(3)).join(' to ')}`;
  return td;
}

function chanceRow(summary, measures, orders) {
  const tr = make('tr', 'wb-chance');
  tr.append(scoped(`Random orders (${orders}): mean, 95 % of them`, 'row'), ...measures.map(([name]) => {
    const { random, interval } = summary[name];
    return make('td', '', random == null ? '–' : `${random.toFixed(3)} (${interval.map((v) => v.toFixed(3)).join(' to ')})`);
  }), make('td', '', ''), make('td', '', ''));
  return tr;
}

const FAITHFUL_COLUMNS = ['input', 'target', 'label', 'method', 'scale', 'curve', 'share', 'value', 'random_mean', 'random_low', 'random_high'];
function faithfulTable(records) {
  const rows = records.flatMap((r) => {
    const told = [r.key, r.target, r.label, r.method];
    const scaled = Object.entries(r.scales).flatMap(([scale, found]) => [
      ...[['deletion', 'randomDeletion'], ['insertion', 'randomInsertion']].flatMap(([curve, chance]) => found.shares.map((share, i) =>
        [...told, scale, curve, share, found[curve][i], ...['mean', 'low', 'high'].map((name) => (found[chance] ? found[chance][name][i] : null))])),
      ...Object.entries(found.summary).map(([name, s]) => [...told, scale, name, null, s.value, s.random, ...(s.interval || [null, null])]),
    ]);
    const single = ['infidelity', 'unexplained', 'sensitivity'].map((name) => [...told, '', name, null, r[name], null, null, null]);
    const flipped = r.flips ? r.flips.orders.flatMap(([name, , o]) => o.scores.map((score, i) => [...told, 'flips', name, i / Math.max(1, o.scores.length - 1), score, null, null, null])) : [];
    return [...scaled, ...single, ...flipped];
  });
  return { columns: FAITHFUL_COLUMNS, rows };
}
