/** The first window: the words, what they read, and ribbons between them. */
import { clip } from '../core/format';
import { usesTheta } from '../core/policies';
import { contextReading } from '../core/reading';
import { type Outcome, type View, replay } from '../core/replay';
import { answerWords } from '../core/sentence';
import type { Trace } from '../core/trace';
import { type Word, type WordFlip, wordAttention, wordFlips, wordRho, wordsOf } from '../core/words';
import { find, setText } from '../ui/dom';
import { type Ribbon, ribbonLayer } from './ribbons';
import { sourceView } from './source';
import { wordTiles } from './tiles';

const MOST_LINKS = 14; // ribbons of one word
const LEAST_SHARE = 0.015;
const IN_FRAME = 30; // words up to which the effects of flips are counted anew in every frame
const REST = 90; // ms
const NARROW = 640; // px

interface Shown {
  view: View;
  outcome: Outcome;
}

export interface Stage {
  build(trace: Trace): void;
  paint(view: View, outcome: Outcome): void;
  /** The words as they stand on screen: joined, or pieces. */
  words(): Word[];
}

export function stage(root: HTMLElement, flip: (word: Word) => void): Stage {
  const field = find(root, '.dr-first');
  const invitation = find(root, '.dr-try');
  const pieces = root.querySelector<HTMLInputElement>('.dr-pieces');
  const ribbons = ribbonLayer(field.querySelector<SVGSVGElement>('.dr-ribbons')!, field);
  const source = sourceView(find(root, '.dr-source'));
  const tiles = wordTiles(find(root, '.dr-words'), {
    flip: (w) => flip(words[w]),
    point(w) {
      if (w === pointed) return;
      pointed = w;
      look();
    },
  });
  let trace: Trace | null = null;
  let shown: Shown | null = null;
  let words: Word[] = [];
  let pointed = -1;
  let resting: ReturnType<typeof setTimeout>;

  const build = (next: Trace) => {
    trace = next;
    words = wordsOf(next, !!pieces?.checked);
    pointed = -1;
    field.dataset.source = next.contextKind === 'image' && next.S ? 'beside' : next.h.length < next.x.length / 2 ? 'above' : 'below'; // prettier-ignore
    source.build(next);
    tiles.build(next, words);
  };
  const linksOf = (w: number, of: Trace, outcome: Outcome, faint: boolean, most: number): Ribbon[] => {
    const looks = wordAttention(of, words[w]);
    const from = tiles.nodes()[w];
    const unused = wordRho(outcome, words[w]) === 0;
    return Array.from(looks, (share, s) => ({ share, s }))
      .filter(({ share }) => share >= LEAST_SHARE)
      .sort((a, b) => b.share - a.share)
      .slice(0, most)
      .flatMap(({ share, s }) => {
        const to = of.contextKind === 'backward' ? tiles.nodes()[wordAt(s)] : source.node(s);
        return to && to !== from ? [{ from, to, share, unused, faint }] : [];
      });
  };
  const wordAt = (t: number) => words.findIndex(({ from, to }) => t >= from && t < to);
  /** Ribbons and highlights: of the word that is pointed at, else faintly of all that read. */
  const look = () => {
    if (!trace || !shown) return;
    const of = trace;
    const { outcome } = shown;
    const all = () => contextReading(of, outcome.rho, outcome.best, -1).read;
    source.paint(of.S ? (pointed < 0 ? all() : wordAttention(of, words[pointed])) : null);
    if (!of.S) return ribbons.draw([]);
    if (pointed >= 0) return ribbons.draw(linksOf(pointed, of, outcome, false, MOST_LINKS));
    const readers = words.flatMap((word, w) => (wordRho(outcome, word) > 0 ? [w] : []));
    const few = readers.length <= 3 && field.clientWidth > NARROW; // elsewhere they would cover what stands between
    ribbons.draw(few ? readers.flatMap((w) => linksOf(w, of, outcome, true, 8)) : []);
  };
  const count = () => {
    if (!trace || !shown) return;
    const { view, outcome } = shown;
    const flips = trace.answers && trace.S ? wordFlips(trace, view, outcome, words) : null;
    tiles.effects(flips, outcome.best);
    setText(invitation, flips ? inviting(trace, words, flips, shown) : plainInvitation(trace));
  };
  const paint = (view: View, outcome: Outcome) => {
    shown = { view, outcome };
    tiles.paint(view, outcome);
    clearTimeout(resting);
    if (words.length <= IN_FRAME) count();
    else resting = setTimeout(count, REST);
    look();
  };
  pieces?.addEventListener('change', () => {
    if (!trace || !shown) return;
    build(trace);
    paint(shown.view, shown.outcome);
  });
  find(root, '.dr-source').addEventListener('scroll', look);
  new ResizeObserver(look).observe(field);
  return { build, paint, words: () => words };
}

/** What to try: the word on which most depends, else the end of the slider where another answer is. */
function inviting(trace: Trace, words: Word[], flips: WordFlip[], { view, outcome }: Shown): string {
  const numbers = 'Under each word: by how many points its flip moves the answer’s probability.';
  const changing = flips.map((flip, w) => ({ ...flip, w })).filter((flip) => flip.outcome.best !== outcome.best);
  const name = (best: number) => clip(answerWords(trace, best), 40);
  if (changing.length) {
    const { w, outcome: then } = changing.reduce((a, b) => (b.effect < a.effect ? b : a));
    return `Try it: click “${clip(words[w].text)}”, and the answer becomes ${name(then.best)}. ${numbers}`;
  }
  for (const [policy, end] of [
    ['direct', 'reads nothing'],
    ['merged', 'reads everything'],
  ]) {
    const { best } = replay(trace, { ...view, policy });
    if (usesTheta(view) && best !== outcome.best)
      return `Try it: drag the handle to “${end}”, and the answer becomes ${name(best)}. ${numbers}`;
  }
  return `Click a word to flip it. ${numbers} Here no single flip changes the answer.`;
}

const plainInvitation = (trace: Trace): string =>
  trace.answers
    ? `There is no ${trace.hName} to read, so a flip changes nothing.`
    : 'Click a word to flip it; the text is then regenerated.';
