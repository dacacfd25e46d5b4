/** The selected word of B: the model may run again without it, or with it and the next one swapped. */
import { withSwapped, withoutWord, wordAt } from '../core/edits';
import { clip } from '../core/format';
import type { Trace } from '../core/trace';
import { finder, setText } from '../ui/dom';

export interface WordPanel {
  /** t: -1 for none. */
  show(trace: Trace, t: number): void;
}

export function wordPanel(root: HTMLElement, run: (x: string) => void): WordPanel {
  const part = finder(root, 'cmp');
  let without: string | null = null;
  let swapped: string | null = null;
  part('delete').addEventListener('click', () => {
    if (without) run(without);
  });
  part('swap').addEventListener('click', () => {
    if (swapped) run(swapped);
  });
  return {
    show(trace, t) {
      const word = t < 0 ? null : wordAt(trace, t);
      part('word').hidden = !word;
      without = word && withoutWord(trace, t);
      swapped = word && withSwapped(trace, t);
      if (!word) return;
      const name = clip(trace.x.slice(word.from, word.to));
      setText(part('delete'), `Run without ‘${name}’`);
      setText(part('swap'), `Run with ‘${name}’ and the next word swapped`);
      part('delete').hidden = !without;
      part('swap').hidden = !swapped;
    },
  };
}
