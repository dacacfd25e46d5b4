/** Three texts side by side: without the passage, as routed, always reading; their differences are marked. */
import type { WritingPayload } from '../contracts';
import { align } from '../core/align';
import { count } from '../core/format';
import { make } from '../ui/dom';

export interface Texts {
  direct: WritingPayload | null;
  routed: WritingPayload | null;
  merged: WritingPayload | null;
}

const NAMES: [name: keyof Texts, title: string, words: string][] = [
  ['direct', 'Without the passage', 'no token reads'],
  ['routed', 'As routed', 'each token by its gate'],
  ['merged', 'Always reading', 'every token reads'],
];

/** limit: of tokens. */
export function paintTexts(box: HTMLElement, texts: Texts, running: boolean): void {
  const routed = wordsOf(texts.routed?.text ?? '');
  box.replaceChildren(
    ...NAMES.map(([name, title, words]) => {
      const text = texts[name];
      const column = make('div', `lm-text ${name}`);
      const head = make('h4', '', title);
      head.append(' ', make('small', '', words));
      const body = make('p', 'lm-body');
      body.dir = 'auto';
      if (text) body.append(...marked(wordsOf(text.text), name === 'routed' ? null : routed));
      else body.append(make('span', 'dr-hint', running ? 'comes next …' : 'was not written'));
      column.append(head, body, make('p', 'dr-hint', text ? stopWords(text) : ''));
      return column;
    }),
  );
}

const wordsOf = (text: string): string[] => text.trim().split(/\s+/).filter(Boolean);

/** Words that the routed text has not at this place. */
function marked(words: string[], routed: string[] | null): (Node | string)[] {
  const same = new Set(routed ? align(routed, words).flatMap(({ b, change }) => (change === 'same' ? [b] : [])) : words.keys()); // prettier-ignore
  return words.flatMap((word, i) => [i ? ' ' : '', same.has(i) ? word : make('mark', '', word)]);
}

function stopWords({ stop, stopWords: words, ids }: WritingPayload): string {
  return stop ? `${words || 'It stopped here.'} ${count(ids.length, 'token')}.` : 'being written …';
}
