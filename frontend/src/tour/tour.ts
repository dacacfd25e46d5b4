/** A guided tour over the inspector: a card beside the page, never in its way. What it says is read off the screen. */
import { openTab } from '../page/channels';
import type { Host } from '../page/component';
import { inspectorNode, onScreen } from '../page/inspected';
import { find, finder, setText } from '../ui/dom';
import { STEPS } from './steps';

const REFRESH = 250; // ms: the visitor may drag, flip and try other examples meanwhile
const TAB_SHOWS = 80; // ms that a tab needs to show

export function mountTour({ element }: Host): void {
  const start = find(element, '.dr-tour-start');
  const card = find(element, '.dr-tour');
  const part = finder(card, 'dr-tour');
  let step = -1;
  let marked: Element | null = null;
  let timer: ReturnType<typeof setInterval>;

  const describe = () => {
    const subject = onScreen();
    if (subject) setText(part('text'), STEPS[step].words(subject));
  };
  const mark = (node: Element | null) => {
    marked?.classList.remove('dr-pointed');
    marked = node;
    if (!node) return;
    const folded = node.closest('details');
    if (folded) folded.open = true;
    node.classList.add('dr-pointed');
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    node.scrollIntoView({ block: 'center', behavior: calm ? 'auto' : 'smooth' });
  };
  const go = (to: number) => {
    mark(null);
    step = to;
    card.hidden = step < 0;
    clearInterval(timer);
    if (step < 0) return start.focus();
    openTab('Inspect'); // what is pointed at is on the first tab
    setText(part('title'), `${step + 1} of ${STEPS.length}: ${STEPS[step].title}`);
    part<HTMLButtonElement>('back').disabled = step === 0;
    setText(part('next'), step === STEPS.length - 1 ? 'Done' : 'Next');
    setTimeout(() => mark(step < 0 ? null : (inspectorNode()?.querySelector(STEPS[step].at) ?? null)), TAB_SHOWS);
    describe();
    timer = setInterval(describe, REFRESH);
    part('next').focus({ preventScroll: true });
  };

  start.addEventListener('click', () => go(0));
  part('back').addEventListener('click', () => go(step - 1));
  part('next').addEventListener('click', () => go(step === STEPS.length - 1 ? -1 : step + 1));
  part('skip').addEventListener('click', () => go(-1));
  card.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') go(-1);
  });
}
