// Wires the parts. `element`, `props`, `trigger` and `watch` come from the page's framework.
const $ = (selector) => element.querySelector(selector);
const root = $('.cmp'), slider = $('.cmp-slider'), store = rowStore(), choices = (props.value && props.value.choices) || [];
const chosen = { a: 'inspect', b: 'twin' };
let live = null, twin = null, pair = null, selected = -1, frame = 0, byHand = false, built = '', awaited = false;

const list = rowList(root, { onChoose: choose, onOpen: (row) => tell('open', requestOf(row)), onRemove: remove });
const answers = answerTable(root);
const grid = pairGrid(root, { onSelect: (i) => pick(selected === i ? -1 : i), onFlip: flip });
const force = whatIf(root, { current: () => rowOf('b'), selected: () => (selected < 0 ? -1 : pair.columns[selected].b), onChanged: intervened });
const unread = unreadWordsPanel(root, { current: () => rowOf('b'), onChanged: (ignored) => edited({ ignored }), say: force.say });
const edit = editPanel(root, choices, { current: () => rowOf('b'), onRow: arrived, send: (request) => trigger('retrace', request) });
const heat = heatMap(root, choices, { current: () => rowOf('b'), send: (request) => trigger('through_all', request) });

const linked = linkedViews((request) => trigger('open_pair', request), shownFromLink);
const remember = addressWriter(root, () => pairState(awaited ? null : pair, chosen));

const rows = () => [...store.kept, ...(live ? [live] : []), ...(twin && [chosen.a, chosen.b].includes('twin') ? [twin] : [])];
const rowOf = (side) => rows().find((row) => row.id === chosen[side]);

// What Inspect shows, and rows that are still there. Until a visitor chooses, B is never a copy of A.
function refresh() {
  live = inspectRow(live);
  const base = live || store.kept[store.kept.length - 1]; // a saved page has no Inspect
  twin = base && twinOf(base);
  if (!rowOf('a')) chosen.a = (base || {}).id;
  if (!rowOf('b')) chosen.b = 'twin';
  const a = rowOf('a'), b = rowOf('b');
  if (!a || !b) return;
  if (!byHand && a !== b && twin && a.p.key === b.p.key && sameView(a.view, b.view)) chosen.b = 'twin';
  show();
}

function show() {
  const a = rowOf('a'), b = rowOf('b');
  list.build(rows());
  const now = `${a.id} ${a.p.key} ${b.id} ${b.p.key} ${b.p.written?.text ?? ''}`;
  if (now !== built) {
    built = now;
    selected = -1;
    pair = comparePair(a, b);
    grid.build(pair);
    buildB(b);
  }
  paint();
}

function buildB(b) {
  const box = $('.cmp-policies');
  box.replaceChildren(...b.p.policies.map(([name, title, help]) => {
    const policy = button('cmp-policy', title);
    policy.dataset.policy = name;
    policy.title = help;
    policy.setAttribute('role', 'radio');
    policy.addEventListener('click', () => edited({ policy: name }, true));
    return policy;
  }));
  roving(box, [...box.children].map((node) => [node]));
  [force, unread, edit].forEach((part) => part.build(b));
  $('.cmp-no-sum').hidden = b.p.answers;
}

// One frame: everything that follows from A, B and their decisions.
function paint() {
  frame = 0;
  const a = rowOf('a'), b = rowOf('b');
  pair = comparePair(a, b, pair && pair.a.p === a.p && pair.b.p === b.p ? pair.columns : undefined);
  const pending = !b.p.answers && answerOf(b, pair.after) == null;
  setText($('.cmp-sentence'), pending ? 'B’s text is being written anew …' : pairSentence(pair));
  setText($('.cmp-state'), stateWords());
  list.paint(chosen);
  answers.paint(pair);
  grid.paint(pair);
  unread.paint(b);
  slider.value = b.view.theta;
  slider.disabled = !usesTheta(b.view);
  setText($('.cmp-theta-value'), b.view.theta.toFixed(3));
  root.querySelectorAll('.cmp-policy').forEach((node) => node.setAttribute('aria-checked', node.dataset.policy === b.view.policy));
  $('.cmp-undo').hidden = !b.view.overrides.size;
  $('.cmp-keep').hidden = b.kind === 'kept';
  pick(selected);
  setText($('.cmp-made'), [...new Set([a.p.made, b.p.made])].join(' '));
  root.dataset.shown = `${a.id} ${b.id}`;
  if (!awaited) remember();
}

function stateWords() {
  const twinWords = twin && { direct: 'no token reading', merged: 'every token reading' }[twin.view.policy];
  if (awaited) return 'The link’s views are on their way …';
  if (!store.kept.length) return `Nothing is pinned yet. A is the view in Inspect, B the same input with ${twinWords || 'its usual decision'}. Pin views in Inspect, or change B here.`;
  return 'Choose A and B among the views. A change of B becomes a new row; no row is ever overwritten.';
}

function choose(side, id) {
  byHand = true;
  if (chosen[side] !== id) closeDraft();
  chosen[side] = id;
  force.clear();
  refresh();
}

// A draft is a view like the others as soon as another one takes its place.
function closeDraft() {
  store.kept.filter((row) => row.kind === 'draft').forEach((row) => (row.kind = 'kept'));
}

function remove(row) {
  store.remove(row.id);
  for (const side of ['a', 'b']) if (chosen[side] === row.id) chosen[side] = side === 'a' ? 'inspect' : 'twin';
  refresh();
}

// A change of B: of a kept row it makes a new one, which then is edited until it is kept. `rewriting`: now or on release.
function edited(changes, rewriting = true) {
  let b = rowOf('b');
  if (b.kind !== 'draft') {
    b = store.add({ ...b, kind: 'draft', parent: snapshot(b), view: viewFrom(b.view) });
    chosen.b = b.id;
    byHand = true;
    Object.assign(b.view, changes);
    list.build(rows());
    built = built && `${chosen.a} ${rowOf('a').p.key} ${b.id} ${b.p.key} ${b.p.written?.text ?? ''}`;
  } else Object.assign(b.view, changes);
  if (!frame) frame = requestAnimationFrame(paint);
  if (rewriting && !b.p.answers && answerOf(b, outcomeOf(b)) == null) edit.rewrite();
}

// An intervention is always a row of its own, and A becomes what it was done to.
function intervened(overrides) {
  const before = rowOf('b');
  closeDraft();
  chosen.a = before.id;
  edited({ overrides });
  show();
}

function flip(i) {
  const t = pair.columns[i].b, b = rowOf('b');
  if (t < 0) return;
  const overrides = new Map(b.view.overrides);
  overrides.has(t) ? overrides.delete(t) : overrides.set(t, flowTaken(b.p, pair.after.weights, t) === 0 ? b.p.R - 1 : 0);
  selected = i;
  edited({ overrides });
}

function pick(i) {
  selected = i;
  grid.select(i);
  const b = rowOf('b'), t = i < 0 ? -1 : pair.columns[i].b, words = t >= 0 && wordAt(b.p, t);
  setText($('.cmp-detail'), i < 0 ? 'Click a word for its numbers in both. Click a D or M of B to send it the other way.' : $(`.cmp-grid [data-i="${i}"] .dr-tok`)?.title || '');
  $('.cmp-word').hidden = !words;
  if (!words) return;
  setText($('.cmp-delete'), `Run without ‘${clip(b.p.x.slice(words.from, words.to))}’`);
  setText($('.cmp-swap'), `Run with ‘${clip(b.p.x.slice(words.from, words.to))}’ and the next word swapped`);
  $('.cmp-delete').hidden = !withoutWord(b.p, t);
  $('.cmp-swap').hidden = !withSwapped(b.p, t);
}

slider.addEventListener('input', () => edited({ theta: +slider.value }, false));
slider.addEventListener('change', () => edited({ theta: +slider.value }));
$('.cmp-undo').addEventListener('click', () => edited({ overrides: new Map() }));
$('.cmp-keep').addEventListener('click', () => {
  const b = rowOf('b');
  b.kind === 'draft' ? closeDraft() : (chosen.b = store.add({ ...b, kind: 'kept', parent: snapshot(b), view: viewFrom(b.view) }).id);
  show();
});
$('.cmp-delete').addEventListener('click', () => edit.words(withoutWord(rowOf('b').p, pair.columns[selected].b)));
$('.cmp-swap').addEventListener('click', () => edit.words(withSwapped(rowOf('b').p, pair.columns[selected].b)));
$('.cmp-csv').addEventListener('click', () => download(`compare-${pair.a.p.key}-${pair.b.p.key}.csv`, csvOf(pairTable(pair)), 'text/csv'));
const parquet = parquetWriter((request) => trigger('as_parquet', request));
$('.cmp-parquet').addEventListener('click', ({ target }) => handOver(target, async () => {
  const { a, b } = pair;
  download(`compare-${a.p.key}-${b.p.key}.parquet`, await parquet.file(pairTable(pair)));
}));
$('.cmp-json').addEventListener('click', () => download(`compare-${pair.a.p.key}-${pair.b.p.key}.json`, JSON.stringify(pairRecord(pair), null, 1), 'application/json'));
$('.cmp-html').addEventListener('click', (event) => tell('save', { pins: root.compare().pins, button: event.target, flowPicture: false }));
$('.cmp-link').addEventListener('click', ({ target }) => pair && copyLink(pairLink(pair), target, $('.cmp-address')));
listen('pin', pinned);
listen('link-pair', (wanted) => {
  awaited = true;
  linked.ask(wanted);
});
watch('retraced', () => edit.arrived(props.retraced));
watch('paired', () => linked.arrived(props.paired));
watch('routed', () => heat.arrived(props.routed));
watch('parquet', () => parquet.arrived(props.parquet));
((props.value && props.value.rows) || []).forEach(pinned);
// The tab is built when it is first seen, and follows Inspect each time.
new IntersectionObserver(([{ isIntersecting }]) => { if (isIntersecting) refresh(); }).observe(root);
// For tests, exports and the browser's console: both views, their outcomes, and all numbers.
root.compare = () => pair && { ...pairRecord(pair), pins: [pair.a, pair.b].map(({ payload, view }) => ({ payload, view: { ...view, overrides: [...view.overrides], ignored: [...view.ignored] } })) };
