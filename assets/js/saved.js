// A view in a file of its own, without a server: this stands in for the page's framework. `inspector`: the page's scripts.
const NO_SERVER = 'a saved view has no server to ask; open this input on the page';
const MISSING = { attribute: 'attribution', rewrite: 'rewritten' }; // what is asked for -> where the answer is awaited

function openSaved({ payload, attribution }, place, views) {
  const section = make('section', 'saved'), host = make('div', 'saved-inspector');
  if (views.length > 1) section.append(make('h2', 'saved-name', String.fromCharCode(65 + place)));
  section.append(savedInput(payload.xName, payload.x));
  if (payload.h) section.append(savedInput(payload.hName, payload.h));
  host.append(document.getElementById('inspector').content.cloneNode(true));
  ownIds(host, place);
  saidWhatIsMissing(host);
  section.append(host);
  document.getElementById('views').append(section);
  const props = { value: payload, attribution, saved: true }, watching = {};
  const trigger = (name, request) => {
    if (!MISSING[name]) return;
    props[MISSING[name]] = { id: request.id, key: request.key, error: NO_SERVER };
    queueMicrotask(watching[MISSING[name]]);
  };
  inspector(host, props, trigger, (name, answer) => (watching[name] = answer));
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
views.forEach(openSaved);
