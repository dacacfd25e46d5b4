/** The θ slider: a tick for the gate of every token, and below it what each θ leads to. */
import { clip, plainToken } from '../core/format';
import { type LanguageTrace, type Stretch, chosen, joined, replayLanguage, stretches } from '../core/language';
import { shown } from '../core/language_sentence';
import { usesTheta } from '../core/policies';
import type { View } from '../core/replay';
import type { Find } from '../ui/dom';
import { segment, tick } from '../ui/theta_band';

export interface Band {
  /** greedy: whether the text is the model's likeliest, so that the browser knows where it changes. */
  build(trace: LanguageTrace, view: View, greedy: boolean): void;
}

export function thetaBand(part: Find): Band {
  return {
    build(trace, view, greedy) {
      part('ticks').replaceChildren(...Array.from(trace.reading, (gate, t) => tick(gate, trace.payload.tokens[t])));
      const strip = part('strip');
      const all = usesTheta(view) ? stretches(trace, view) : [];
      const same = (a: Stretch, b: Stretch) => (greedy ? a.change === b.change : a.reads === b.reads);
      const shownOnes = joined(all, same).map((one) => ({ ...one, words: wordsOf(trace, view, one, greedy) }));
      strip.replaceChildren(
        ...shownOnes.map(({ words, change, from, to }) => segment(words, greedy && change >= 0 ? 0 : 1, from, to)),
      );
      const told = shownOnes.map(({ from, to, words }) => `${from.toFixed(2)} to ${to.toFixed(2)}: ${words}`);
      strip.setAttribute('aria-label', `What follows by threshold: ${told.join('; ')}`);
    },
  };
}

function wordsOf(trace: LanguageTrace, view: View, { from, reads, change }: Stretch, greedy: boolean): string {
  if (!greedy) return reads === 1 ? '1 word reads' : `${reads} words read`;
  if (change < 0) return 'this text';
  const { rho } = replayLanguage(trace, { ...view, theta: from });
  return `“${clip(shown(chosen(trace, change, rho[change]).word), 16)}” instead of “${clip(shown(plainToken(trace.payload.tokens[change])), 16)}”`;
}
