// Wires the tab. `element`, `props`, `trigger`, `watch` and `server` come from the page's framework.
const root = element.querySelector('.th'), $ = (name) => root.querySelector(`.th-${name}`);
const slider = $('slider'), titles = Object.fromEntries(props.value.names), helper = typeof server === 'undefined' ? null : server;
const OWN = 'your own rows';
const held = new Map(); // rows that have come, by checkpoint; a visitor's own under OWN
let rows = null, frame = 0, resting = 0, giveUp = () => {}, facet = 0, chosen = {}, wanted = '', followed = '';

const band = inputBand(root, (theta) => setTheta(theta));
const curve = plotInto($('curve'), root.dataset.plotly), reliability = plotInto($('reliability'), root.dataset.plotly);
const changes = changesPanel(root, { texts: fetchTexts, open: openRow });
const own = ownRows(root, (request) => trigger('run_rows', { ...request, name: asked() }), (request) => trigger('stop_rows', request));
const theta = () => +slider.value;
const asked = () => (rows && rows.name) || wanted;

function setTheta(value) {
  slider.value = value;
  moved();
}

function moved() {
  if (!frame) frame = requestAnimationFrame(paint);
}

// What follows the slider in the same frame: the sentence, the band's line, share and quality.
function paint() {
  frame = 0;
  setText($('value'), thetaText(theta()));
  band.theta(theta());
  if (!rows) return;
  giveUp();
  delete root.dataset.interval;
  const states = statesAt(rows, theta()), at = { theta: theta(), ...measure(rows, states) };
  setText($('answer'), rowsWords(rows, at, rows.all, null));
  clearTimeout(resting);
  resting = setTimeout(() => atRest(states, at), 160);
}

// What takes longer than a frame waits until the slider rests.
function atRest(states, at) {
  const label = `Quality by share of tokens merged, ${rows.title}. ${$('answer').textContent}`;
  curve.show(markedCurve(rows, at, null), label);
  facetsAt(states);
  const found = calibrationOf(rows, states);
  setText($('ece'), calibrationWords(found));
  reliability.show(calibrationFigure(rows, found), $('ece').textContent);
  if ($('follow').checked) $('other').value = at.theta;
  pair();
  root.dataset.theta = at.theta;
  giveUp = intervalsOf(rows, states, rows.reading, (interval) => {
    setText($('answer'), rowsWords(rows, at, rows.all, interval));
    curve.show(markedCurve(rows, at, interval.quality), label);
    root.dataset.interval = at.theta;
  });
}

function calibrationWords({ error, counts }) {
  const top = counts[counts.length - 1] / rows.N;
  return `On average the probability of the answer and how often it is right differ by ${(100 * error).toFixed(1)} points ` +
    `(expected calibration error, ten bins); ${percent(top)} of the rows are answered with a probability above 90 %. Dots below the line: too sure.`;
}

function facetsAt(states) {
  const box = $('facets-by');
  if (box.childElementCount !== rows.facets.length || box.dataset.of !== rows.name) {
    facet = Math.min(facet, rows.facets.length - 1);
    box.dataset.of = rows.name;
    box.replaceChildren(...rows.facets.map(({ title }, i) => {
      const b = button('th-kind', title);
      b.setAttribute('role', 'radio');
      b.addEventListener('click', () => { facet = i; facetsAt(statesAt(rows, theta())); });
      return b;
    }));
    roving(box, [...box.children].map((b) => [b]));
  }
  [...box.children].forEach((b, i) => b.setAttribute('aria-checked', i === facet));
  $('facets').replaceChildren(facetTable(rows, rows.facets[facet], states, rows.reading, rows.closed));
}

function pair() {
  const [one, other] = ['one', 'other'].map((name) => Math.min(1, Math.max(0, +$(name).value || 0)));
  const [before, after] = [statesAt(rows, one), statesAt(rows, other)];
  const [a, b] = [measure(rows, before), measure(rows, after)];
  setText($('pair-words'), `From θ₁ = ${thetaText(one)} to θ₂ = ${thetaText(other)}: ${shareText(a.share)} → ${shareText(b.share)} of the tokens merged, ` +
    `${qualityText(rows, a.quality)} → ${qualityText(rows, b.quality)}.`);
  changes.show(rows, before, after);
}

function choose() {
  const share = +$('share').value / 100, quality = +$('quality').value / 100;
  chosen = { share: chooseTheta(rows, (c) => within(c, share)), quality: chooseTheta(rows, (c) => reaching(c, quality)) };
  for (const name of ['share', 'quality']) {
    setText($(`by-${name}`), choiceWords(rows, chosen[name]));
    $(`take-${name}`).hidden = !chosen[name];
  }
}

function showRows(next) {
  const fresh = rows !== next;
  rows = next;
  root.dataset.kind = next.kind;
  setText($('state'), '');
  setText($('note'), next.note);
  own.for(asked(), titles);
  if (next.kind !== 'rows') return showCurve(next);
  rows.texts ||= {};
  rows.reading ||= statesAt(rows, 0);
  rows.closed ||= statesAt(rows, 1);
  rows.all ||= measure(rows, rows.reading);
  setText($('word'), rows.percent ? '% right' : rows.word);
  setText($('texts-note'), textsNote(next));
  if (fresh) {
    $('quality').value = (100 * rows.all.quality - 0.5).toFixed(1);
    slider.value = rows.theta;
    choose();
  }
  root.dataset.ready = rows.name;
  paint();
}

// A checkpoint without rows: its stored curve, and why there is no more.
function showCurve(next) {
  giveUp();
  rows = null;
  wanted = next.name;
  setText($('answer'), `${next.title}: ${next.why}`);
  curve.show(next.figure, `Quality by share of tokens merged, ${next.title}.`);
  root.dataset.ready = next.name;
}

const textsNote = ({ texts, atHand }) => (Object.keys(texts).length && !atHand ? '' : atHand
  ? 'The texts are read from the data folder this server was started with.'
  : 'Data sets are not passed on with this page, so their texts are not shown. Whoever has them starts it with “serve --data FOLDER”: then rows open in Inspect.');

async function load(name) {
  wanted = name;
  if (held.has(name)) return showRows(held.get(name));
  setText($('state'), 'Loading the rows…');
  const found = helper ? await helper.load_rows(name) : { error: 'There is no server.' };
  if (found.error) return name === wanted && setText($('state'), found.error);
  held.set(name, found.kind === 'rows' ? decodeRows(found) : found);
  if (name === wanted) showRows(held.get(name));
}

async function fetchTexts(ids) {
  const of = rows, found = await helper.texts_of({ name: of.name, ids });
  ids.forEach((id) => { of.texts[id] ||= found[id] || { x: '(not in the data folder)', missing: true }; });
  if (of === rows) changes.again();
}

async function openRow(id) {
  const of = rows, found = of.atHand ? await helper.row_of({ name: of.name, id }) : of.texts[id];
  if (found.error) return setText($('state'), found.error);
  tell('open', { checkpoint: of.checkpoint || of.name, x: found.x, h: found.h, image: found.image || '', policy: 'threshold', threshold: theta() });
}

// The rows follow Inspect's checkpoint when the tab is opened, until a visitor chooses others.
function opened() {
  const inspector = document.querySelector('#inspector .dr');
  const seen = inspector && inspector.inspect && inspector.inspect().outcome ? inspector.inspect() : null;
  band.show(seen);
  if (seen) setText($('band-of'), titles[seen.payload.checkpoint] || seen.payload.checkpoint);
  if (seen && seen.payload.checkpoint !== followed) {
    followed = seen.payload.checkpoint;
    if (titles[followed]) { $('names').value = followed; load(followed); }
  }
  if (!rows && !wanted) load($('names').value);
  band.theta(theta());
}

function showOwn(payload) {
  const mine = decodeRows(payload);
  mine.checkpoint = payload.name;
  held.set(OWN, mine);
  if (![...$('names').options].some((option) => option.value === OWN)) $('names').append(new Option('Your own rows', OWN));
  $('names').value = OWN;
  showRows(mine);
}

$('names').append(...props.value.names.map(([name, title]) => new Option(title, name)));
setText($('most'), count(props.value.most));
$('names').addEventListener('change', () => load($('names').value));
slider.addEventListener('input', moved);
$('default').addEventListener('click', () => rows && setTheta(rows.theta));
$('apply').addEventListener('click', () => {
  tell('theta', { theta: theta(), policy: 'threshold' });
  openTab('Inspect');
});
for (const name of ['share', 'quality']) {
  $(name).addEventListener('input', () => rows && choose());
  $(`take-${name}`).addEventListener('click', () => setTheta(chosen[name].theta));
}
for (const name of ['one', 'other']) $(name).addEventListener('input', () => rows && pair());
$('other').addEventListener('input', () => { $('follow').checked = false; });
curve.clicked(({ customdata, data, pointNumber }) => {
  if (typeof customdata === 'number') setTheta(customdata);
  else if (data.name === 'routed' && rows) setTheta([...rows.entries].sort((a, b) => a.share - b.share)[pointNumber].theta);
});
watch('own', () => own.arrived(props.own, showOwn));
new IntersectionObserver(([{ isIntersecting }]) => { if (isIntersecting) opened(); }).observe(root);
new MutationObserver(() => { curve.redraw(); reliability.redraw(); }).observe(document.body, { attributes: true, attributeFilter: ['class'] });
// For tests and for the browser's console: what is on screen.
root.inspect = () => ({ rows, theta: theta(), chosen });
