// Wires the workbench. `element`, `props`, `trigger`, `watch` and `server` come from the page's framework.
const root = element.querySelector('.wb'), $ = (name) => root.querySelector(`.wb-${name}`);
const config = props.value, helper = typeof server === 'undefined' ? null : server;
let subject = null, tracks = [], agreements = [], errors = {}, scale = 'own', names = {}, seen = '', linked = null;
const runs = longRun((request) => trigger('run_methods', request), (id) => trigger('cancel_run', { id }), {
  begin: $('run'), end: $('cancel'), progress: $('progress'), status: $('status'),
});
const controls = workbenchControls(root, config, () => { if (subject) paint(); }, helper);
const grid = trackGrid(root, 'x', { onToken: (t) => { controls.explainGateOf(t); setText($('status'), `The gate of ${quote(subject.payload.tokens[t])} is chosen: press Run.`); $('run').focus(); } });
const contextGrid = trackGrid(root, 'h');
const faithfulness = faithfulPart(root, (request) => trigger('measure', request), (id) => trigger('cancel_measure', { id }));

const remember = addressWriter(root, () => ({ tab: 'attribute', ...controls.state() }));

const now = () => ({
  key: subject.payload.key, route: routeKey(subject.payload, subject.view), targets: controls.targets(),
  settings: controls.settings, usual: controls.usual,
});

// Shown for what is on screen in Inspect: when this tab is opened, and when something arrives there meanwhile.
function refresh() {
  const found = onScreen();
  root.classList.toggle('empty', !found);
  if (!found) return setText($('sentence'), 'Nothing is on screen in Inspect yet.');
  if (!subject || subject.payload.key !== found.payload.key) errors = {};
  const { payload: p } = (subject = found);
  root.dataset.ready = p.key;
  setText($('sentence'), sentence(p, subject.view, subject.outcome, p.alone, p.always));
  setText($('of'), subjectWords(subject));
  root.querySelectorAll('[data-word=x]').forEach((n) => setText(n, p.xName));
  root.querySelectorAll('[data-word=h]').forEach((n) => setText(n, p.hName));
  $('context').hidden = !p.S || p.contextKind === 'backward';
  adopt(inspectorTracks(subject));
  controls.show(subject);
  takeLink();
}

// What the address asks for waits for the input it is about.
function takeLink() {
  if (!linked || (linked.key && linked.key !== subject.payload.key)) return;
  const notes = controls.restore(linked);
  linked = null;
  tracks = tracks.filter((track) => track.key === subject.payload.key); // what stood here before the link's input came
  if (notes.length) tell('link-unused', { notes });
  setText($('status'), 'Set as the link asks: press Run.');
}

// Newer tracks take the place of those of the same input, target and method; the others stay.
function adopt(found) {
  const same = (a, b) => a.key === b.key && a.target === b.target && a.method === b.method && (!a.stored || b.stored);
  const fresh = found.filter((track) => !track.stored || !tracks.some((t) => !t.stored && t.key === track.key && t.target === track.target && t.method === track.method));
  tracks = [...tracks.filter((t) => !fresh.some((f) => same(t, f) || (t.stored && !f.stored && t.key === f.key && t.target === f.target && t.method === f.method))), ...fresh].slice(-60);
}

function marked() {
  const order = config.methods.map(({ name }) => name), at = now();
  const rank = (t) => [t.stale ? 1 : 0, at.targets.indexOf(t.target) < 0 ? 9 : at.targets.indexOf(t.target), order.indexOf(t.method)];
  const exact = at.targets.map((target) => exactTrack(target, at)).filter(Boolean);
  const kept = tracks.filter((t) => !exact.some((e) => e.target === t.target && t.method === 'exact' && t.key === e.key))
    .map((t) => ({ ...t, stale: staleWords(t, at), help: trustOf(t.method) }));
  return [...exact, ...kept].sort((a, b) => { const x = rank(a), y = rank(b); return x[0] - y[0] || x[1] - y[1] || x[2] - y[2]; });
}

const trustOf = (name) => (config.methods.find((m) => m.name === name) || { trust: '' }).trust;

// Exact contributions are a sum the page can take by itself, so they are always those of the route on screen.
function exactTrack(target, at) {
  const parts = exactParts(subject.payload, subject.outcome, target);
  if (!parts) return null;
  const sum = [...parts.scores, ...parts.contextScores].reduce((a, b) => a + b, 0);
  return { ...parts, key: at.key, route: at.route, target, label: '', method: 'exact', title: 'Exact contributions', signed: true, groups: [],
    contextGroups: [], granularity: 'token', parameters: {}, baseline: '', seed: 0, sum, change: null, delta: null, passes: [0, 0], steps: null,
    seconds: 0, converged: true, agreement: null, stale: '', help: trustOf('exact') };
}

function paint() {
  const { payload: p } = subject, all = marked(), here = all.filter((t) => t.key === p.key);
  names = Object.fromEntries(here.filter((t) => t.label).map((t) => [t.target, t.label]));
  here.forEach((t) => { t.label ||= names[t.target] || ''; });
  const read = here.filter((t) => !t.stale), main = read.find((t) => t.method !== 'exact') || read[0];
  setText($('reading'), main ? readingOf(p, main) : 'Nothing has been computed for this target yet: press Run.');
  $('unsigned').hidden = !here.some((t) => !t.signed);
  grid.show(p.tokens, figureRows(p, here, 'x', scale), { key: p.key });
  contextPaint(p, figureRows(p, here, 'h', scale));
  methodTable($('table'), p, all, errors, config);
  const fresh = agreements.filter((a) => a.key === p.key && here.some((t) => t.target === a.target && !t.stale));
  agreementGrids($('matrices'), p, fresh, names, config);
  $('clear').hidden = !all.some((t) => t.stale);
  faithfulness.show(p, all, now(), requestNow, controls.parameters);
  root.dataset.tracks = here.filter((t) => !t.stale).length;
  remember();
}

function contextPaint(p, rows) {
  const picture = p.contextKind === 'image';
  $('h').parentNode.hidden = picture;
  $('pictures').hidden = !picture;
  if (!p.S || p.contextKind === 'backward') return;
  if (picture) patchPictures($('pictures'), p, rows, $('detail-h'), scale);
  else contextGrid.show(p.contextTokens, rows, { listed: p.contextKind === 'items', key: p.key });
  if (picture) setText($('detail-h'), $('detail-h').dataset.hint);
}

function requestNow() {
  return { ...subjectOf(subject), targets: controls.targets(), ...controls.request() };
}

$('run').addEventListener('click', () => {
  if (!subject) return;
  const request = requestNow(), at = now();
  if (!Object.keys(request.methods).length) return setText($('status'), 'Choose at least one method.');
  errors = {};
  const settings = Object.fromEntries(Object.keys(request.methods).map((name) => [name, controls.settings(name)]));
  const { policy, threshold, overrides } = request;
  runs.start(request, { key: at.key, route: at.route, settings, decision: { policy, threshold, overrides } });
});

// What has come so far of the run that was asked for last.
function arrived() {
  const result = props.result, from = runs.heard(result);
  if (!from) return;
  const state = `${result.id} ${(result.tracks || []).length} ${Object.keys(result.errors || {}).length}`;
  if (state === seen) return; // a sign of life: nothing new to draw
  seen = state;
  adopt((result.tracks || []).map((track) => ({ ...track, key: from.key, route: from.route, settings: from.settings[track.method] })));
  attributionsOf(result.tracks || [], from, config.baselines).forEach((found) => tell('attributed', found));
  errors = { ...(result.errors || {}) };
  if (result.agreement && result.agreement.length) agreements = [...agreements.filter((a) => a.key !== from.key), ...result.agreement.map((a) => ({ ...a, key: from.key }))];
  if (subject) paint();
}

function scaleChoice(name, words, help) {
  const b = button('wb-scale', words);
  b.title = help;
  b.setAttribute('role', 'radio');
  b.setAttribute('aria-checked', name === scale);
  b.addEventListener('click', () => {
    scale = name;
    [...$('scales').children].forEach((other) => other.setAttribute('aria-checked', other === b));
    if (subject) paint();
  });
  return b;
}
$('scales').replaceChildren(scaleChoice('own', 'own scale', 'every track fills its height: compare orders'),
  scaleChoice('one', 'one scale', 'all tracks of a kind share one scale: compare sizes'));
roving($('scales'), [...$('scales').children].map((b) => [b]));
$('clear').addEventListener('click', () => {
  const at = now();
  tracks = tracks.filter((t) => !staleWords(t, at));
  paint();
});

const figureSvg = () => {
  const { payload: p } = subject, here = marked().filter((t) => t.key === p.key);
  const parts = [{ name: p.xName, tokens: p.tokens, rows: figureRows(p, here, 'x', scale) }];
  if (p.S && p.contextKind !== 'backward') parts.push({ name: p.hName, tokens: p.contextTokens, rows: figureRows(p, here, 'h', scale) });
  return new XMLSerializer().serializeToString(tracksSvg($('sentence').textContent, parts));
};
const everything = () => {
  const { payload: p } = subject;
  return { subject: { ...subjectOf(subject), key: p.key }, sentence: $('sentence').textContent, tracks: marked(), errors, agreement: agreements, faithfulness: faithfulness.records() };
};
const parquet = parquetWriter((request) => trigger('as_parquet', request));
const TABLES = [
  ['Scores', 'scores', 'scores', () => scoresTable(subject.payload, marked().filter((t) => t.key === subject.payload.key))],
  ['Methods', 'methods', 'methods', () => methodsTable(marked())],
  ['Faithfulness', 'faithful', 'faithfulness', () => faithfulTable(faithfulness.records())],
];
const FILES = [
  ...TABLES.map(([words, kind, end, table]) => [`${words} (CSV)`, `${kind}-csv`, (name) => download(`${name}-${end}.csv`, csvOf(table()), 'text/csv')]),
  ...TABLES.map(([words, kind, end, table]) => [`${words} (Parquet)`, `${kind}-parquet`, async (name) => download(`${name}-${end}.parquet`, await parquet.file(table()))]),
  ['Everything (JSON)', 'json', (name) => download(`${name}.json`, JSON.stringify(everything(), null, 1), 'application/json')],
  ['Tracks (SVG)', 'svg', (name) => download(`${name}.svg`, figureSvg(), 'image/svg+xml')],
  ['Tracks (PNG)', 'png', async (name) => download(`${name}.png`, await pngOf(figureSvg()))],
];
$('keep').replaceChildren(make('span', 'wb-caption', 'Download'), ...FILES.map(([words, kind, save]) => {
  const b = button('wb-file', words);
  b.dataset.file = kind;
  b.addEventListener('click', () => subject && handOver(b, () => save(`attribution-${subject.payload.key}`)));
  return b;
}));

$('link').addEventListener('click', () => {
  const link = workbenchLink(controls.state());
  if (link) copyLink(link, $('link'), $('address'));
});
listen('link-asked', (asked) => {
  linked = asked;
  if (subject) takeLink();
});
watch('result', arrived);
watch('parquet', () => parquet.arrived(props.parquet));
watch('measured', () => faithfulness.arrived(props.measured));
new IntersectionObserver((entries) => { if (entries.some((e) => e.isIntersecting)) refresh(); }).observe(root);
// What arrives in Inspect while this tab is open: an attribution, another input.
const inspected = document.querySelector('#inspector');
if (inspected) new MutationObserver(() => root.offsetParent && refresh()).observe(inspected, { subtree: true, attributes: true, attributeFilter: ['data-ready', 'data-attribution'] });
new MutationObserver(() => faithfulness.redraw()).observe(document.body, { attributes: true, attributeFilter: ['class'] });
refresh();
// For tests and for the browser's console.
root.workbench = () => ({ tracks: subject ? marked() : [], errors, agreement: agreements, target: subject && controls.targets(), request: subject && requestNow(), faithfulness: faithfulness.records() });
