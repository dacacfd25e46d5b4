/** The whole text with every token's flow, and the answers of spans marked where they stand. */
import type { Outcome } from '../core/replay';
import { endOf, startOf } from '../core/spans';
import type { Trace } from '../core/trace';
import { closest, find, make } from '../ui/dom';
import { pageSize } from '../ui/pages';
import { rovingRow } from '../ui/roving';

const MARKS = ['routed', 'direct', 'merged'];

export interface Passage {
  build(trace: Trace): void;
  paint(outcome: Outcome): void;
  /** Answers of the route, of the direct flow alone, of the merged flow always; spans of tokens. */
  marks(answers: number[]): void;
  select(token: number): void;
}

export function passage(root: HTMLElement, onSelect: (t: number) => void): Passage {
  const box = find(root, '.dr-passage');
  const key = find(root, '.dr-marks');
  let trace: Trace;
  let words: HTMLElement[] = [];
  let gaps: HTMLElement[] = [];
  let shares: string[] = []; // painted on the words
  let shown = '';
  box.addEventListener('click', (event) => {
    const word = closest(event, '[data-t]');
    if (word) onSelect(Number(word.dataset.t));
  });
  return {
    build(next) {
      trace = next;
      shown = '';
      shares = [];
      box.hidden = trace.readout !== 'span' && trace.T <= pageSize(trace.T);
      key.hidden = trace.readout !== 'span';
      words = box.hidden ? [] : trace.tokens.map((_, t) => passageWord(trace, t));
      gaps = words.map((_, t) => make('span', '', textBefore(trace, t)));
      box.replaceChildren(...words.flatMap((word, t) => [gaps[t], word]));
      rovingRow(box, words);
    },
    paint({ rho }) {
      words.forEach((word, t) => {
        const share = rho[t].toFixed(2);
        if (shares[t] === share) return;
        shares[t] = share;
        word.style.setProperty('--rho', share);
      });
    },
    marks(answers) {
      if (trace.readout !== 'span' || answers.join() === shown) return;
      shown = answers.join();
      MARKS.forEach((mark, k) => {
        const from = startOf(trace, answers[k]);
        const to = endOf(trace, answers[k]);
        words.forEach((word, t) => {
          word.classList.toggle(mark, t >= from && t <= to);
          gaps[t].classList.toggle(mark, t > from && t <= to);
        });
      });
    },
    select: (token) => words.forEach((word, t) => word.classList.toggle('sel', t === token)),
  };
}

function passageWord({ offsets, x, tokens }: Trace, t: number): HTMLElement {
  const node = make('span', 'dr-word', offsets.length ? ownText(x, offsets, t) : tokens[t].replace(/^##/, ''));
  node.dataset.t = String(t);
  node.setAttribute('role', 'button');
  node.onkeydown = (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    node.click();
  };
  return node;
}

/** What stands between a token and the one before. */
/** The text of a token; of a character that is split into several tokens, only the first shows it. */
function ownText(x: string, offsets: Trace['offsets'], t: number): string {
  const [start, end] = offsets[t];
  const before = t ? offsets[t - 1][1] : 0;
  return x.slice(Math.max(start, before), end);
}

function textBefore({ offsets, x, tokens }: Trace, t: number): string {
  if (!offsets.length) return t && !tokens[t].startsWith('##') ? ' ' : '';
  return x.slice(t ? offsets[t - 1][1] : 0, offsets[t][0]);
}
