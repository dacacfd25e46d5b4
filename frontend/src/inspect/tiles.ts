/** The words of x as tiles: coloured by their route, each with the exact effect of flipping it. */
import { clip, percent } from '../core/format';
import type { Outcome, View } from '../core/replay';
import type { Trace } from '../core/trace';
import { type Word, type WordFlip, wordRho } from '../core/words';
import { button, closest, make, setText } from '../ui/dom';
import { rovingRow } from '../ui/roving';

const LONG = 24; // words beyond which tiles become a paragraph
const SEEN = 0.01; // of an effect that a paragraph shows
const NOTHING = 0.005; // an effect that is written as 0

export interface Tiles {
  build(trace: Trace, words: Word[]): void;
  paint(view: View, outcome: Outcome): void;
  /** best: the answer before a flip. null takes the numbers away: none are known. */
  effects(flips: WordFlip[] | null, best: number): void;
  nodes(): HTMLElement[];
}

export interface TileEvents {
  flip(word: number): void;
  /** -1: none. */
  point(word: number): void;
}

interface Tile {
  node: HTMLButtonElement;
  /** What a screen reader says between the word and its number. */
  spoken: HTMLElement;
  effect: HTMLElement;
  state: string;
  route: string;
}

export function wordTiles(box: HTMLElement, on: TileEvents): Tiles {
  let tiles: Tile[] = [];
  let trace: Trace;
  let words: Word[] = [];
  const wordAt = (event: Event) => Number(closest(event, '.dr-tile')?.dataset.w ?? -1);
  box.addEventListener('click', (event) => {
    const word = wordAt(event);
    if (word >= 0) on.flip(word);
  });
  for (const kind of ['pointerover', 'focusin']) box.addEventListener(kind, (event) => on.point(wordAt(event)));
  for (const kind of ['pointerleave', 'focusout']) box.addEventListener(kind, () => on.point(-1));

  return {
    build(next, all) {
      trace = next;
      words = all;
      tiles = words.map(({ text }, w) => tile(text, w));
      box.classList.toggle('long', words.length > LONG);
      box.classList.toggle('some', words.length > 12);
      box.replaceChildren(...tiles.map(({ node }) => node));
      rovingRow(box);
    },
    paint(view, outcome) {
      tiles.forEach((tile, w) => {
        const rho = trace.S ? wordRho(outcome, words[w]) : 0;
        const { from, to } = words[w];
        let byHand = false;
        for (let t = from; t < to; t++) byHand ||= view.overrides.has(t);
        const state = `${rho.toFixed(3)} ${byHand}`;
        if (tile.state === state) return;
        tile.state = state;
        tile.node.dataset.route = rho === 0 ? 'direct' : rho > 0.999 ? 'read' : 'partly';
        tile.node.classList.toggle('strong', rho >= 0.6);
        tile.node.style.setProperty('--rho', rho.toFixed(3));
        tile.node.classList.toggle('flipped', byHand);
        tile.node.setAttribute('aria-pressed', String(rho > 0));
        tile.route = routeWords(trace, rho) + (byHand ? ', flipped' : '');
        tile.node.title = `${words[w].text}: ${tile.route}. Click to flip it.`;
      });
    },
    effects(flips, best) {
      tiles.forEach(({ node, spoken, effect, route }, w) => {
        const flip = flips?.[w];
        node.classList.toggle('counts', !!flip && Math.abs(flip.effect) >= SEEN);
        node.classList.toggle('nothing', !!flip && Math.abs(flip.effect) < NOTHING);
        setText(effect, flip ? pointsOf(flip.effect) : '');
        if (flip && flip.outcome.best !== best)
          effect.append(make('small', '', `if flipped: ${clip(trace.nameOf(flip.outcome.best), 40)}`));
        setText(spoken, flip ? `: ${route}. Points if flipped: ` : `: ${route}.`);
      });
    },
    nodes: () => tiles.map(({ node }) => node),
  };
}

function tile(text: string, w: number): Tile {
  const node = button('dr-tile');
  const spoken = make('span', 'dr-sr');
  const effect = make('span', 'dr-effect');
  node.dataset.w = String(w);
  node.append(make('span', 'dr-word-text', text), spoken, effect);
  return { node, spoken, effect, state: '', route: '' };
}

function routeWords({ contextKind, hName }: Trace, rho: number): string {
  const reads = contextKind === 'image' ? `looked at the ${hName}` : `read the ${hName}`;
  if (rho === 0) return `alone, has not ${reads}`;
  return rho > 0.999 ? reads : `${reads} in part (${percent(rho)})`;
}

/** Points of probability without a fraction; a change that is nearly nothing is 0. */
export function pointsOf(effect: number): string {
  const whole = Math.round(100 * Math.abs(effect));
  if (!whole) return Math.abs(effect) < NOTHING ? '0' : effect < 0 ? '−1' : '+1';
  return (effect < 0 ? '−' : '+') + String(whole);
}
