// A file of its own, without a server: this stands in for the page's framework. A component is a function of its
// element, its properties, `trigger` and `watch`, as on the page.
const NO_SERVER = 'a saved view has no server to ask; open this input on the page';
// What is asked for -> where its answer is awaited.
const AWAITED = { attribute: 'attribution', rewrite: 'rewritten', retrace: 'retraced', through_all: 'routed' };

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

// The template stands in the file once and may be shown twice: names that must be unique get the view's number.
function ownIds(host, place) {
  for (const name of ['id', 'for'])
    host.querySelectorAll(`[${name}]`).forEach((node) => node.setAttribute(name, `${node.getAttribute(name)}-${place}`));
}

const dark = matchMedia('(prefers-color-scheme: dark)');
const dress = () => document.body.classList.toggle('dark', dark.matches);
dark.addEventListener('change', dress);
dress();
const savedData = () => JSON.parse(document.getElementById('saved-data').textContent);
