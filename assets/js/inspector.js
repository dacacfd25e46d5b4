// Wires the parts. `element`, `props`, `trigger` and `watch` come from the page's framework.
const $ = (selector) => element.querySelector(selector);
const root = $('.dr'), slider = $('.dr-slider'), thetaOut = $('.dr-theta-value');
let p = null, view = null, last = null, frame = 0, resting = 0, lastWeights = '';

const table = outcomeTable(root, (c) => change({ label: view.label === c ? null : c }));
const strip = thetaStrip(root), picture = flowPicture(root, element.querySelector('.dr-plot').dataset.plotly);
const tokens = tokenTrack($('.dr-x'), (t) => change({ token: view.token === t ? -1 : t }), flip);
const contextTokens = contextTrack($('.dr-h'));
const attributions = attributionPanel(root, tokens, contextTokens, (request) => trigger('attribute', request));

function load() {
  if (!props.value || !props.value.tokens) return;
  p = decode(props.value);
  view = { policy: p.policy, theta: p.threshold, overrides: new Map(p.overrides), label: null, token: -1 };
  slider.value = view.theta;
  $('.dr-notes').replaceChildren(...p.notes.map((note) => make('li', '', note)));
  root.querySelectorAll('[data-word=x]').forEach((n) => (n.textContent = p.xName));
  root.querySelectorAll('[data-word=h]').forEach((n) => (n.textContent = p.hName));
  root.classList.toggle('no-context', !p.S);
  buildPolicies();
  table.build(p);
  tokens.build(p);
  contextTokens.build(p);
  $('.dr-made').textContent = p.made;
  p.alone = replay(p, { ...view, policy: 'direct', overrides: new Map() });
  p.always = replay(p, { ...view, policy: 'merged', overrides: new Map() });
  p.scale = tokenScale(p);
  lastWeights = '';
  decided();
  attributions.newInput(p, view);
  attributionArrived();
  root.dataset.ready = p.key;
}

// A reply answers the route it was asked for, which may not be the one on screen any more.
function attributionArrived() {
  attributions.arrived(p, props.attribution);
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
  rememberInAddress(p, view);
}

function flip(t) {
  const taken = flowTaken(p, last.weights, t);
  if (view.overrides.has(t)) view.overrides.delete(t);
  else view.overrides.set(t, taken === 0 ? p.R - 1 : 0);
  change({ token: t });
}

// Everything that depends on more than θ: after a change of policy, flips, label or selection.
function decided() {
  const usesTheta = view.policy === 'threshold' || view.policy === 'weighted_threshold';
  slider.disabled = !usesTheta;
  root.classList.toggle('no-theta', !usesTheta);
  root.querySelectorAll('.dr-policy').forEach((b) => b.setAttribute('aria-checked', b.dataset.policy === view.policy));
  $('.dr-reset').hidden = !view.overrides.size;
  strip.paint(p, view, usesTheta);
  tokens.select(view.token);
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
  table.paint([last, p.alone, p.always], label);
  tokens.paint(p, view, last, label, p.scale);
  contextTokens.paint(p, last.rho, label, view.token, contextScale(p, label));
  words(label);
  attributions.follow(p, view, last, label);
  clearTimeout(resting);
  resting = setTimeout(() => atRest(label), 140);
}

// What takes longer than a frame waits until nothing moves any more.
function atRest(label) {
  contextTokens.describe(p);
  picture.update(p, last, label);
}

function words(label) {
  const token = view.token < 0 ? null : p.tokens[view.token];
  setText($('.dr-sentence'), sentence(p, view, last, p.alone, p.always));
  setText($('.dr-detail'), token == null ? $('.dr-detail').dataset.hint
    : `${quote(token)}: ${tokenWords(p, view, last, view.token, label)}`);
  tokens.names(p, p.labels[label]);
  contextTokens.names(p, p.labels[label], token);
}

slider.addEventListener('input', () => {
  view.theta = +slider.value;
  if (!frame) frame = requestAnimationFrame(paint);
});
slider.addEventListener('change', () => rememberInAddress(p, view));
$('.dr-reset').addEventListener('click', () => change({ overrides: new Map() }));
$('.dr-link').addEventListener('click', (event) => copyText(linkOf(p, view).href, event.target));
$('.dr-csv').addEventListener('click', () =>
  download(`route-${p.key}.csv`, tableOf(p, last, view.label ?? last.best, attributions.current(p))));
new MutationObserver(() => picture.redraw()).observe(document.body, { attributes: true, attributeFilter: ['class'] });
watch('value', load);
watch('attribution', attributionArrived);
load();
// For tests and for the browser's console: the decision on screen and its numbers.
root.inspect = () => ({ view: { ...view, overrides: [...view.overrides] }, outcome: last, payload: p });
