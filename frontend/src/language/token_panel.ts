/** One token of the answer: its probability on both flows and as routed, its rivals, and the choice at every ρ. */
import { clip, percent, plainToken } from '../core/format';
import { type Candidate, type LanguageOutcome, type LanguageTrace, choices } from '../core/language';
import { shown } from '../core/language_sentence';
import type { View } from '../core/replay';
import { type Find, check, make, radio, scopedCell, setText } from '../ui/dom';
import { rovingRow } from '../ui/roving';

const MOST = 5; // candidates that are shown

export interface TokenPanel {
  show(trace: LanguageTrace, view: View, outcome: LanguageOutcome, t: number): void;
  hide(): void;
}

export function tokenPanel(part: Find, choose: (t: number) => void): TokenPanel {
  const box = part('token');
  let pieces = '';
  return {
    hide: () => void (box.hidden = true),
    show(trace, view, outcome, t) {
      box.hidden = false;
      const { tokens, given } = trace.payload;
      const rho = outcome.rho[t];
      const word = trace.words.find(({ from, to }) => t >= from && t < to)!;
      setText(part('token-name'), `“${clip(word.special ? word.text : word.text, 40)}”`);
      setText(part('token-route'), routeWords(trace, view, outcome, t));
      const state = [trace.payload.key, word.from].join();
      if (state !== pieces) {
        pieces = state;
        const many = word.to - word.from > 1;
        const places = many ? Array.from({ length: word.to - word.from }, (_, i) => word.from + i) : [];
        part('pieces').replaceChildren(...places.map((place) => piece(tokens[place], place, choose)));
        part('pieces').hidden = !many;
        rovingRow(part('pieces'));
      }
      check(part('pieces').children, (node) => Number(node.dataset.t) === t);
      paintCandidates(part('candidates'), trace.candidates[t], rho, given[t]);
      paintChoices(part, trace, t, rho);
    },
  };
}

function piece(token: string, t: number, choose: (t: number) => void): HTMLElement {
  const node = radio('lm-piece', plainToken(token), () => choose(t));
  node.dataset.t = String(t);
  return node;
}

function routeWords(trace: LanguageTrace, view: View, outcome: LanguageOutcome, t: number): string {
  const rho = outcome.rho[t];
  const gate = trace.reading[t].toFixed(3);
  const forced = view.overrides.has(t) ? ', flipped by you' : '';
  const reads = rho === 0 ? 'did not read' : rho > 0.999 ? 'read the passage' : `read in part (${percent(rho)})`;
  const [direct, merged] = [trace.direct[t], trace.merged[t]].map(percent);
  return ` ${reads}${forced}: gate ${gate}. Probability ${percent(outcome.probs[t])} as routed, ${direct} without the passage, ${merged} with it.`;
}

function paintCandidates(table: HTMLElement, found: Candidate[], rho: number, given: number): void {
  const own = found.find(({ id }) => id === given)!;
  const mixed = (one: Candidate) => (1 - rho) * one.direct + rho * one.merged;
  const best = [...found].sort((a, b) => Math.max(b.direct, b.merged) - Math.max(a.direct, a.merged)).slice(0, MOST);
  if (!best.includes(own)) best.push(own);
  const rows = best.map((one) => {
    const row = make('tr', one === own ? 'lm-given-word' : '');
    row.append(scopedCell(shown(one.word), 'row'));
    row.append(...[one.direct, one.merged, mixed(one)].map(cell));
    return row;
  });
  table.querySelector('tbody')!.replaceChildren(...rows);
}

function cell(share: number): HTMLElement {
  const node = make('td');
  const bar = make('i');
  bar.style.transform = `scaleX(${share.toFixed(4)})`;
  node.append(bar, make('span', '', percent(share)));
  return node;
}

/** The greedy choice at every ρ, exactly: the words of the upper envelope. */
function paintChoices(part: Find, trace: LanguageTrace, t: number, rho: number): void {
  const found = choices(trace, t);
  const strip = part('choices');
  const marker = make('b', 'lm-rho');
  marker.style.left = `${(100 * rho).toFixed(2)}%`;
  strip.replaceChildren(
    ...found.map(({ word, from, to }, i) => {
      const node = make('span', 'dr-span');
      node.append(make('span', '', shown(word)));
      node.style.flexGrow = (to - from).toFixed(5);
      node.dataset.label = String(i % 6);
      node.title = `ρ from ${from.toFixed(2)} to ${to.toFixed(2)}: ${shown(word)}`;
      return node;
    }),
    marker,
  );
  const told = found.map(
    ({ word, from, to }) => `“${clip(shown(word), 24)}” from ${from.toFixed(2)} to ${to.toFixed(2)}`,
  );
  strip.setAttribute('aria-label', `The likeliest word by ρ: ${told.join('; ')}`);
  const words = found.length > 1 ? `By the weight ρ of the passage: ${told.join(', ')}.` : 'The same word whether the passage is read or not.'; // prettier-ignore
  setText(part('choices-words'), words);
}
