// Wires the tab. `element`, `props`, `trigger`, `watch` and `server` come from the page's framework.
const root = element.querySelector('.th'), $ = (name) => root.querySelector(`.th-${name}`);
const slider = $('slider'), titles = Object.fromEntries(props.value.names), helper = typeof server === 'undefined' ? null : server;
const OWN = 'your own rows';
const held = new Map(); // rows that have come, by checkpoint; a visitor's own under OWN
let rows = null, frame = 0, resting = 0, giveUp = () => {}, stopTelling = () => {}, facet = 0, chosen = {}, wanted = '', followed = '', named = false;

const band = inputBand(root, (theta) => setTheta(theta));
const curve = plotInto($('curve'), root.dataset.plotly), reliability = plotInto($('reliability'), root.dataset.plotly);
const price = plotInto($('price'), root.dataset.plotly);
const changes = changesPanel(root, { texts: fetchTexts, open: openRow });
const own = ownRows(root, (request) => trigger('run_rows', { ...request, name: asked() }), (request) => trigger('stop_rows', request));
const theta = () => +slider.value;
const asked = () => (rows && rows.name) || wanted;
const remember = addressWriter(root, () => ({ tab: 'thresholds', ...rowsParts() }));

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
  $(name).addEventListener('input', () => rows && (choose(), tellChoices()));
  $(`take-${name}`).addEventListener('click', () => setTheta(chosen[name].theta));
}
for (const name of ['one', 'other']) $(name).addEventListener('input', () => rows && pair());
$('other').addEventListener('input', () => { $('follow').checked = false; });
price.clicked(({ customdata }) => typeof customdata === 'number' && setTheta(customdata));
curve.clicked(({ customdata, data, pointNumber }) => {
  if (typeof customdata === 'number') setTheta(customdata);
  else if (data.name === 'routed' && rows) setTheta([...rows.entries].sort((a, b) => a.share - b.share)[pointNumber].theta);
});
$('link').addEventListener('click', () => copyLink(rowsLink(), $('link'), $('address')));
listen('link-rows', showLinked);
for (const kind of ['input', 'change', 'click']) root.addEventListener(kind, () => remember());
watch('own', () => own.arrived(props.own, showOwn));
watch('parquet', () => parquet.arrived(props.parquet));
offerFiles();
if (props.saved) openSavedRows(props.held);
else new IntersectionObserver(([{ isIntersecting }]) => { if (isIntersecting) opened(); }).observe(root);
new MutationObserver(() => [curve, price, reliability].forEach((plot) => plot.redraw())).observe(document.body, { attributes: true, attributeFilter: ['class'] });
// For tests and for the browser's console: what is on screen.
root.inspect = () => ({ rows, theta: theta(), chosen });
