/** The words of the answer as tiles: coloured by what they read, under each its gate and how likely it was. */
import { percent } from '../core/format';
import { type LanguageOutcome, type LanguageTrace, type Word, chosen } from '../core/language';
import { shown } from '../core/language_sentence';
import type { View } from '../core/replay';
import { button, closest, make, setText } from '../ui/dom';
import { rovingRow } from '../ui/roving';

const SOME = 9; // words beyond which tiles are smaller
const LONG = 34; // beyond which they become a paragraph
const STRONG = 0.6; // of a weight from which on letters are dark

export interface AnswerTiles {
  build(trace: LanguageTrace): void;
  /** change: the first token that would be chosen differently; −1 for none. */
  paint(view: View, outcome: LanguageOutcome, change: number): void;
  /** A text that is being written: its tokens so far, and the weight of the passage of each. */
  stream(tokens: string[], rho: number[]): void;
  point(word: number): void;
}

interface Tile {
  node: HTMLButtonElement;
  spoken: HTMLElement;
  note: HTMLElement;
  sure: HTMLElement;
  state: string;
}

export function answerTiles(
  box: HTMLElement,
  flip: (word: number) => void,
  point: (word: number) => void,
): AnswerTiles {
  let tiles: Tile[] = [];
  let trace: LanguageTrace;
  const wordAt = (event: Event) => Number(closest(event, 'button.dr-tile')?.dataset.w ?? -1);
  box.addEventListener('click', (event) => {
    const word = wordAt(event);
    if (word >= 0) flip(word);
  });
  for (const kind of ['pointerover', 'focusin'])
    box.addEventListener(kind, (event) => {
      const word = wordAt(event);
      if (word >= 0) point(word);
    });

  function size(words: number) {
    box.classList.toggle('some', words > SOME);
    box.classList.toggle('long', words > LONG);
  }

  return {
    build(next) {
      trace = next;
      tiles = trace.words.map(tile);
      size(tiles.length);
      box.classList.remove('streaming');
      box.replaceChildren(...tiles.map(({ node }) => node));
      rovingRow(box);
    },
    paint(view, { rho, probs }, change) {
      tiles.forEach((one, w) => {
        const word = trace.words[w];
        const t = leader(trace, word, rho);
        let sure = 1;
        let byHand = false;
        for (let place = word.from; place < word.to; place++) {
          sure *= probs[place];
          byHand ||= view.overrides.has(place);
        }
        const here = change >= word.from && change < word.to;
        const gone = change >= 0 && word.from > change;
        const instead = here ? shown(chosen(trace, change, rho[change]).word) : '';
        const state = [rho[t].toFixed(3), sure.toFixed(4), byHand, gone, instead].join();
        if (state === one.state) return;
        one.state = state;
        const { node } = one;
        node.dataset.route = routeOf(rho[t]);
        node.style.setProperty('--rho', rho[t].toFixed(3));
        node.style.setProperty('--sure', sure.toFixed(4));
        node.classList.toggle('strong', rho[t] >= STRONG);
        node.classList.toggle('flipped', byHand);
        node.classList.toggle('gone', gone);
        node.classList.toggle('here', here);
        node.setAttribute('aria-pressed', String(rho[t] > 0));
        setText(one.note, instead ? `→ ${instead}` : trace.reading[t].toFixed(2));
        const reads =
          rho[t] === 0 ? 'did not read' : rho[t] > 0.999 ? 'read the passage' : `read in part (${percent(rho[t])})`;
        setText(one.spoken, `: ${reads}${byHand ? ', flipped' : ''}, probability ${percent(sure)}, gate `);
        node.title = `${word.text}: ${reads}. Gate ${trace.reading[t].toFixed(3)}, probability ${percent(sure)}. Click to flip it.`;
      });
    },
    stream(tokens, rho) {
      const words: { text: string; rho: number }[] = [];
      tokens.forEach((token, t) => {
        const last = words.at(-1);
        if (!last || /^\s/.test(token)) words.push({ text: token.trim(), rho: rho[t] });
        else {
          last.text += token;
          last.rho = Math.max(last.rho, rho[t]);
        }
      });
      size(words.length);
      box.classList.add('streaming');
      tiles = [];
      box.replaceChildren(
        ...words
          .filter(({ text }) => text)
          .map(({ text, rho: weight }) => {
            const node = make('span', 'dr-tile');
            node.dataset.route = routeOf(weight);
            node.style.setProperty('--rho', weight.toFixed(3));
            node.append(make('span', 'dr-word-text', text), make('span', 'dr-effect'));
            return node;
          }),
      );
    },
    point(word) {
      tiles.forEach(({ node }, w) => node.classList.toggle('pointed', w === word));
    },
  };
}

/** The token of a word that reads most; where none reads, the one whose gate is the widest. */
export function leader({ reading }: LanguageTrace, { from, to }: Word, rho: ArrayLike<number>): number {
  let best = from;
  for (let t = from; t < to; t++)
    if (rho[t] > rho[best] || (rho[t] === rho[best] && reading[t] > reading[best])) best = t;
  return best;
}

const routeOf = (rho: number): string => (rho === 0 ? 'direct' : rho > 0.999 ? 'read' : 'partly');

function tile({ text, special }: Word, w: number): Tile {
  const node = button('dr-tile');
  const spoken = make('span', 'dr-sr');
  const effect = make('span', 'dr-effect');
  const note = make('span', 'lm-gate-number');
  const sure = make('i', 'lm-probability');
  effect.append(sure, note);
  node.dataset.w = String(w);
  if (special) node.classList.add('lm-special');
  node.append(make('span', 'dr-word-text', special ? 'end' : text), spoken, effect);
  return { node, spoken, note, sure, state: '' };
}
