/** The input on screen in Inspect at every θ. */
import { type Stretch, joinStretches, stretchesOf } from '../core/breakpoints';
import { clip, percent, quote, thetaText } from '../core/format';
import { usesTheta } from '../core/policies';
import { type View, routeOf } from '../core/replay';
import { bandWords } from '../core/rows/words';
import { quoteAll } from '../core/sentence';
import type { Trace } from '../core/trace';
import { button, finder, make, setText } from '../ui/dom';
import { textTable } from './tables';

const COLORS = 6;

export interface InputBand {
  /** What the inspector shows; null hides the band. */
  show(shown: { trace: Trace; view: View } | null): void;
  theta(theta: number): void;
}

export function inputBand(root: HTMLElement, onTheta: (theta: number) => void): InputBand {
  const part = finder(root, 'th');
  let trace: Trace | null = null;
  let stretches: Stretch[] = [];
  return {
    show(shown) {
      part('input').hidden = !shown;
      trace = shown?.trace ?? null;
      if (!trace || !shown) return;
      const of = trace;
      const { overrides } = shown.view;
      const policy = usesTheta(shown.view) ? shown.view.policy : 'threshold';
      stretches = stretchesOf(of, { policy, overrides });
      const answerBy = (flow: string) => {
        const { kappa, rho } = routeOf(of, { policy: flow, theta: 0, overrides });
        return of.best(of.score(kappa, rho));
      };
      part('band-words').textContent = bandWords(of, stretches, answerBy('direct'), answerBy('merged'));
      part('band-input').textContent = clip(of.x, 140);
      part('band-held').textContent = heldWords(policy, overrides.size);
      part('band').replaceChildren(...joinStretches(stretches).map((stretch) => piece(of, stretch, onTheta)));
      part('band-ticks').replaceChildren(...stretches.slice(1).map((stretch) => tick(of, stretch)));
      part('flips').replaceChildren(stretchTable(of, stretches, onTheta));
    },
    theta(theta) {
      if (!trace) return;
      part('band-theta').style.left = `${100 * theta}%`;
      const at = stretches.findLastIndex(({ low }) => low <= theta);
      root.querySelectorAll('.th-flips tbody tr').forEach((row, i) => row.classList.toggle('here', i === at));
      const { answer, prob } = stretches[at];
      setText(part('band-here'), answer === null ? '' : `here ${quote(trace.nameOf(answer))}, ${percent(prob ?? 0)}`);
    },
  };
}

function heldWords(policy: string, flips: number): string {
  const weighted = policy === 'threshold' ? '' : 'Above θ a token reads in proportion to its gate.';
  const held = flips ? `${flips} flipped ${flips === 1 ? 'token is' : 'tokens are'} held.` : '';
  return [weighted, held]
    .filter(Boolean)
    .map((words) => ` · ${words}`)
    .join('');
}

function piece(trace: Trace, { low, high, answer }: Stretch, onTheta: (theta: number) => void): HTMLElement {
  const name = answer === null ? '' : trace.nameOf(answer);
  const node = button('th-piece', name);
  node.style.left = `${100 * low}%`;
  node.style.width = `${100 * (high - low)}%`;
  node.dataset.label = String((answer ?? 0) % COLORS);
  node.title = `${name || 'θ'}: from θ = ${thetaText(low)} to ${thetaText(high)}`;
  node.addEventListener('click', () => onTheta((low + high) / 2));
  return node;
}

const closedNames = ({ tokens }: Trace, { closed }: Stretch) => quoteAll(closed.map((t) => tokens[t]));

function tick(trace: Trace, stretch: Stretch): HTMLElement {
  const node = make('i');
  node.style.left = `${100 * stretch.low}%`;
  node.title = `θ = ${thetaText(stretch.low)}: ${closedNames(trace, stretch)}`;
  return node;
}

function stretchTable(trace: Trace, stretches: Stretch[], onTheta: (theta: number) => void): HTMLElement {
  const lines = stretches.map((stretch, i) => {
    const { low, high, answer, prob, share, closed } = stretch;
    const jump = button('th-jump', thetaText(low));
    jump.addEventListener('click', () => onTheta(Math.min(1, (low + high) / 2)));
    const cells = [
      jump,
      closed.length ? closedNames(trace, stretch) : i ? '' : 'every gate above 0 reads',
      answer === null ? 'needs a rerun' : trace.nameOf(answer),
      prob === null ? '' : percent(prob),
      percent(share),
    ];
    return { cells, strong: i > 0 && answer !== stretches[i - 1].answer };
  });
  const head = ['from θ', 'stops reading', 'answer', 'probability', 'tokens that read'];
  return textTable(head, lines, 'Where the route changes');
}
