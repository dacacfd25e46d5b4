// A guided tour over the inspector: a card beside the page, never in its way. What it says is read off the screen.
const start = element.querySelector('.dr-tour-start'), card = element.querySelector('.dr-tour');
const part = (name) => card.querySelector(`.dr-tour-${name}`);
let step = -1, marked = null, timer = 0;

const inspector = () => document.querySelector('#inspector .dr');
const seen = () => {
  const root = inspector(), now = root.inspect();
  return { ...now, view: { ...now.view, overrides: new Map(now.view.overrides) }, whatIf: root.whatIf };
};

function go(to) {
  mark(null);
  step = to;
  card.hidden = step < 0;
  clearInterval(timer);
  if (step < 0) return start.focus();
  openTab('Inspect'); // what is pointed at is on the first tab
  setText(part('title'), `${step + 1} of ${TOUR.length}: ${TOUR[step].title}`);
  part('back').disabled = step === 0;
  setText(part('next'), step === TOUR.length - 1 ? 'Done' : 'Next');
  setTimeout(() => mark(inspector().querySelector(TOUR[step]?.at ?? 'none')), 80); // a tab needs a moment to show
  say();
  timer = setInterval(say, 250); // the visitor may drag, flip and try other examples meanwhile
  part('next').focus({ preventScroll: true });
}

function say() {
  if (inspector().inspect().outcome) setText(part('text'), TOUR[step].tell(seen()));
}

function mark(node) {
  marked?.classList.remove('dr-pointed');
  marked = node;
  if (!node) return;
  node.classList.add('dr-pointed');
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  node.scrollIntoView({ block: 'center', behavior: calm ? 'auto' : 'smooth' });
}

start.addEventListener('click', () => go(0));
part('back').addEventListener('click', () => go(step - 1));
part('next').addEventListener('click', () => go(step === TOUR.length - 1 ? -1 : step + 1));
part('skip').addEventListener('click', () => go(-1));
card.addEventListener('keydown', (event) => event.key === 'Escape' && go(-1));
