// A view in a file of its own, without a server: this stands in for the page's framework. `inspector` and
// `comparison`: the page's scripts.
const NO_SERVER = 'a saved view has no server to ask; open this input on the page';
// What is asked for -> where its answer is awaited.
const AWAITED = { attribute: 'attribution', rewrite: 'rewritten', retrace: 'retraced', through_all: 'routed' };

function openSaved({ payload, attribution }, place, views) {
  const section = savedSection(views.length > 1 ? String.fromCharCode(65 + place) : '');
  section.append(savedInput(payload.xName, payload.x));
  if (payload.h) section.append(savedInput(payload.hName, payload.h));
  const host = savedPart(section, 'inspector', place);
  saidWhatIsMissing(host);
  run(inspector, host, { value: payload, attribution });
}

// Two views: their comparison, alive, above both.
function openPair(views) {
  const rows = views.map(({ payload, ignored }) =>
    ({ payload, view: { policy: payload.policy, theta: payload.threshold, overrides: payload.overrides, ignored } }));
  run(comparison, savedPart(savedSection('A and B compared'), 'comparison', 'pair'), { value: { choices: [], rows } });
}

function savedSection(name) {
  const section = make('section', 'saved');
  if (name) section.append(make('h2', 'saved-name', name));
  document.getElementById('views').append(section);
  return section;
}

function savedPart(section, name, place) {
  const host = make('div', 'saved-part');
  host.append(document.getElementById(name).content.cloneNode(true));
  ownIds(host, place);
  section.append(host);
  return host;
}

function run(component, host, props) {
  const watching = {}, known = { ...props, saved: true };
  const trigger = (name, request) => {
    const awaited = AWAITED[name];
    if (!awaited) return;
    known[awaited] = { id: request.id, key: request.key, error: NO_SERVER };
    queueMicrotask(watching[awaited]);
  };
  component(host, known, trigger, (name, answer) => (watching[name] = answer));
}

function savedInput(name, text) {
  const line = make('p', 'saved-input');
  line.append(make('b', '', name), make('span', '', text));
  return line;
}

// The template stands in the file once and may be shown twice: names that must be unique get the view's number.
function ownIds(host, place) {
  for (const name of ['id', 'for'])
    host.querySelectorAll(`[${name}]`).forEach((node) => node.setAttribute(name, `${node.getAttribute(name)}-${place}`));
}

function saidWhatIsMissing(host) {
  host.querySelector('.dr-again').after(make('span', 'saved-note', 'It cannot be computed again here: ' + NO_SERVER + '.'));
  if (packedPlotly()) return;
  const plot = host.querySelector('.dr-plot');
  plot.classList.add('no-plotly');
  plot.after(make('p', 'saved-note dr-hint', 'The flow picture was left out of this file. Its sum:'));
}

const dark = matchMedia('(prefers-color-scheme: dark)');
const dress = () => document.body.classList.toggle('dark', dark.matches);
dark.addEventListener('change', dress);
dress();
const { views } = JSON.parse(document.getElementById('saved-views').textContent);
document.title = `${clip(views[0].payload.x, 60)} – DualRoute Explorer`;
if (views.length > 1) openPair(views);
views.forEach(openSaved);
