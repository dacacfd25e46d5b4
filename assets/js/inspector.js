// Wires the parts. `element`, `props`, `trigger` and `watch` come from the page's framework.
const $ = (selector) => element.querySelector(selector);
const root = $('.dr'), slider = $('.dr-slider'), thetaOut = $('.dr-theta-value');
let p = null, view = null, last = null, frame = 0, resting = 0, lastWeights = '', opened = 0, begun = false;

const table = outcomeTable(root, (c) => change({ label: view.label === c ? null : c }));
const strip = thetaStrip(root), picture = flowPicture(root, element.querySelector('.dr-plot').dataset.plotly);
const select = (t) => change({ token: view.token === t ? -1 : t });
const tokens = tokenTrack(root, $('.dr-x'), select, flip);
const whole = passage(root, select);
const contextTokens = contextTrack($('.dr-h')), patches = pictureTrack(root);
const context = () => (p && p.contextKind === 'image' ? patches : contextTokens);
const attributions = attributionPanel(root, () => [tokens, context()], (request) => trigger('attribute', request));
const known = attributionStore(), typed = unroutedText(root), runs = endedRuns();
let held = null; // the payload on screen
const written = writtenText(root, (n) => choosePiece(p.piece === n ? -1 : n), (request) => trigger('rewrite', request),
  (raw) => { p.writtenRaw = raw; p.written = writtenOf(raw, p.T); p.contextScales = {}; choosePiece(-1); });

function load() {
  const empty = !props.value?.tokens; // a task without examples, before the first run
  root.classList.toggle('dr-empty', empty);
  if (empty) return setText($('.dr-sentence'), 'Type your own text above and press “Route it”.');
  if (runs.late(props.value)) return;
  held = props.value;
  p = decode(held);
  view = { policy: p.policy, theta: p.threshold, overrides: new Map(p.overrides), label: null, token: -1, ...p.shown };
  slider.value = view.theta;
  last = null;
  lastWeights = '';
  dress();
  p.alone = replay(p, { ...view, policy: 'direct', overrides: new Map() });
  p.always = replay(p, { ...view, policy: 'merged', overrides: new Map() });
  p.scale = tokenScale(p);
  root.dataset.ready = p.key;
  typed.arrived(p);
  written.build(p, view);
  decided();
  if (p.readout === 'span') tokens.show(startOf(p, last.best));
  if (!p.answers) choosePiece(-1);
  attributions.newInput(p, view);
  attributionArrived();
  if (begun) remember(); // what the page begins with needs no words
  begun = true;
}

// A file's address names the file.
const remember = () => props.saved || writeAddress(viewState(p, view));

// What depends on the input alone.
function dress() {
  $('.dr-notes').replaceChildren(...p.notes.map((note) => make('li', '', note)));
  root.querySelectorAll('[data-word=x]').forEach((n) => (n.textContent = p.xName));
  root.querySelectorAll('[data-word=h]').forEach((n) => (n.textContent = p.hName));
  root.dataset.readout = p.readout;
  root.dataset.context = p.contextKind;
  root.classList.toggle('no-context', !p.S);
  root.classList.toggle('three-flows', p.R === 3);
  buildPolicies();
  table.build(p);
  tokens.build(p);
  whole.build(p);
  context().build(p);
  $('.dr-made').textContent = p.made;
}

function attributionArrived() {
  attributions.arrived(p, props.attribution);
  known.keep(props.attribution, true);
  if (last) attributions.follow(p, view, last, view.label ?? last.best);
}

function buildPolicies() {
  const box = $('.dr-policies');
  box.replaceChildren(...p.policies.map(([name, title, help]) => {
    const b = button('dr-policy', title);
    b.dataset.policy = name;
    b.title = help;
    b.setAttribute('role', 'radio');
    b.addEventListener('click', () => change({ policy: name }));
    return b;
  }));
  roving(box, [...box.children].map((b) => [b]));
}

function change(changes) {
  Object.assign(view, changes);
  decided();
  written.follow(view, last);
  remember();
}

function applied(changes) {
  slider.value = changes.theta;
  change(changes);
}

function flip(t) {
  const taken = flowTaken(p, last.weights, t);
  if (view.overrides.has(t)) view.overrides.delete(t);
  else view.overrides.set(t, taken === 0 ? p.R - 1 : 0);
  change({ token: t });
}

// A written piece shows where it looked: among the tokens, and through them in the context.
function choosePiece(n) {
  p.piece = n;
  written.select(n);
  tokens.looked(Array.from({ length: p.T }, (_, t) => lookedAt(p, n, t)));
  lastWeights = '';
  paint();
}

// Everything that depends on more than θ: after a change of policy, flips, label or selection.
function decided() {
  const usesTheta = view.policy === 'threshold' || view.policy === 'weighted_threshold';
  slider.disabled = !usesTheta;
  root.classList.toggle('no-theta', !usesTheta);
  root.querySelectorAll('.dr-policies > *').forEach((b) => b.setAttribute('aria-checked', b.dataset.policy === view.policy));
  $('.dr-reset').hidden = !view.overrides.size;
  strip.paint(p, view, usesTheta);
  tokens.select(view.token);
  whole.select(view.token);
  lastWeights = '';
  paint();
}

// One frame. While θ is dragged most frames change no token's route: then only the line moves.
function paint() {
  frame = 0;
  thetaOut.textContent = view.theta.toFixed(3);
  tokens.paintTheta(view.theta, !slider.disabled);
  last = replay(p, view);
  const weights = last.weights.join();
  if (weights === lastWeights) return;
  lastWeights = weights;
  const label = view.label ?? last.best;
  if (p.answers) table.paint([last, p.alone, p.always], label);
  tokens.paint(view, last, label, p.scale);
  whole.paint(last);
  whole.marks([last.best, p.alone.best, p.always.best]);
  context().paint(p, last.rho, label, view.token, contextScale(p, label));
  words(label);
  attributions.follow(p, view, last, label);
  clearTimeout(resting);
  resting = setTimeout(() => atRest(label), 140);
}

// What takes longer than a frame waits until nothing moves any more.
function atRest(label) {
  context().describe(p);
  picture.update(p, last, label);
}

function words(label) {
  const token = view.token < 0 ? null : p.tokens[view.token];
  setText($('.dr-sentence'), sentence(p, view, last, p.alone, p.always));
  setText($('.dr-detail'), token == null ? $('.dr-detail').dataset[p.answers ? 'hint' : 'rerun']
    : `${quote(token)}: ${tokenWords(p, view, last, view.token, label)}`);
  tokens.names(p.nameOf(label));
  context().names(p, p.nameOf(label), token);
}

slider.addEventListener('input', () => {
  view.theta = +slider.value;
  if (!frame) frame = requestAnimationFrame(paint);
});
slider.addEventListener('change', () => {
  if (frame) { cancelAnimationFrame(frame); paint(); }
  written.follow(view, last);
  remember();
});
$('.dr-reset').addEventListener('click', () => change({ overrides: new Map() }));
$('.dr-pin').addEventListener('click', (event) => {
  if (root.querySelector('.waiting')) return said(event.target, 'Wait for the new text');
  tell('pin', root.pin());
  said(event.target, 'Pinned: see Compare');
});
const saver = fileSaver($('.dr-plot').dataset.plotly, (request) => trigger('shell', request));
const parquet = parquetWriter((request) => trigger('as_parquet', request));
const onScreen = () => ({ p, view, outcome: last, label: view.label ?? last.best, scores: attributions.current(p), style: getComputedStyle(root) });
keepView(root, onScreen, {
  picture,
  parquet: parquet.file,
  saved: (withPicture) => saver.file([savedView(root.pin(), attributions.current(p), { label: view.label, token: view.token })], withPicture),
});
new MutationObserver(() => picture.redraw()).observe(document.body, { attributes: true, attributeFilter: ['class'] });
// A view another tab asks for. The input on screen needs no server; any other one is traced, and both inputs follow.
listen('open', (wanted) => {
  const found = sameInput(p, wanted) && wantedView(p, wanted);
  found ? applied(found) : trigger('open_view', { ...wanted, id: ++opened });
  openTab('Inspect');
});
listen('theta', ({ theta, policy = view.policy }) => {
  if (isTheta(theta) && p.policies.some(([name]) => name === policy)) applied({ theta, policy });
});
// Two pinned views as one file, for the tab that compares them: {pins, button, flowPicture}.
listen('save', ({ pins, button, flowPicture }) => handOver(button, async () =>
  download(`compare-${pins.map(({ payload }) => payload.key).join('-')}.html`, await saver.file(pins.map((pin) => savedView(pin, known.of(pin))), flowPicture))));
listen('attributed', (found) => known.keep(found));
watch('value', load);
watch('attribution', attributionArrived);
watch('rewritten', () => written.arrived(props.rewritten));
watch('shell', () => saver.arrived(props.shell));
watch('parquet', () => parquet.arrived(props.parquet));
load();
// For other tabs, tests and the browser's console: the decision on screen and its numbers.
root.inspect = () => ({
  view: { ...view, overrides: [...view.overrides] }, outcome: last, payload: p, attribution: attributions.current(p),
});
// What a pin keeps: the payload as it came, with what was last written, and the decision on screen.
root.pin = () => ({
  payload: { ...held, ...(p.answers ? {} : { written: p.writtenRaw || held.written }) },
  view: { policy: view.policy, theta: view.theta, overrides: [...view.overrides] },
});
root.viewLink = () => viewLink(p, view);
// For the tour: the outcome of the same view with something changed.
root.whatIf = (changes) => replay(p, { ...view, ...changes });
