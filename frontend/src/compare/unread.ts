/** The context's words as switches: pressed ones are left unread. */
import { DRAWS, chanceWords, randomUnread } from '../core/chance';
import { plainToken } from '../core/format';
import type { FullView, Side } from '../core/pair';
import { replay } from '../core/replay';
import { answerWords, listed } from '../core/sentence';
import { button, closest, finder, press } from '../ui/dom';
import { rovingRow } from '../ui/roving';
import type { Say } from './whatif';

/** So many numbers may be summed again for the random draws: some tenths of a second. */
const MOST_WORK = 2e7;
const FEWEST_DRAWS = 40;

export interface UnreadPanel {
  build(side: Side): void;
  paint(side: Side): void;
}

export function unreadPanel(
  root: HTMLElement,
  { current, onChanged, say }: { current: () => Side; onChanged: (ignored: Set<number>) => void; say: Say },
): UnreadPanel {
  const part = finder(root, 'cmp');
  const box = part('context');
  let words: HTMLElement[] = [];
  let shownOf = '';
  // Compared with the same decision with everything read.
  const change = (ignored: Set<number>) => {
    const { trace, view } = current();
    const whole: FullView = { ...view, ignored: new Set() };
    const draws = Math.max(FEWEST_DRAWS, Math.min(DRAWS, Math.floor(MOST_WORK / (trace.T * trace.S * trace.C))));
    const chance = randomUnread(trace, whole, ignored, draws);
    onChanged(ignored);
    const answer = answerWords(trace, replay(trace, whole).best);
    const named = listed([...ignored].map((s) => trace.contextTokens[s]));
    say(chance ? `${named} of the ${trace.hName} left unread. ${chanceWords(chance, answer)}` : '', chance, answer);
  };
  box.addEventListener('click', (event) => {
    const word = closest(event, '[data-s]');
    if (!word) return;
    const ignored = new Set(current().view.ignored);
    const s = Number(word.dataset.s);
    if (!ignored.delete(s)) ignored.add(s);
    change(ignored);
  });
  part('read-all').addEventListener('click', () => change(new Set()));
  return {
    build({ trace }) {
      part('unread').hidden = !trace.answers || !trace.S;
      if (shownOf === trace.key + trace.checkpoint) return;
      shownOf = trace.key + trace.checkpoint;
      words = trace.contextTokens.map((token, s) => {
        const word = button('cmp-context-word', plainToken(token));
        word.dataset.s = String(s);
        return word;
      });
      box.replaceChildren(...words);
      rovingRow(box);
    },
    paint: ({ view }) => words.forEach((word, s) => press(word, view.ignored.has(s))),
  };
}
