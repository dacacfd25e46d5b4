/** The three figures on top: painted in every frame, said aloud once θ rests. */
import { thetaText } from '../core/format';
import type { Headline } from '../core/rows/headline';
import { make, setText } from '../ui/dom';

/** The nodes stay, and only their texts change. */
export function showHeadlines(box: HTMLElement, shown: Headline[]): void {
  while (box.children.length < shown.length) {
    const card = make('div', 'th-headline');
    card.append(...['title', 'value', 'interval', 'why'].map((name) => make('div', `th-headline-${name}`)));
    box.append(card);
  }
  shown.forEach(({ title, value, interval, note }, i) => {
    const texts = [title, value, interval ?? '…', note];
    texts.forEach((text, place) => setText(box.children[i].children[place], text));
  });
}

export function saidOf(theta: number, shown: Headline[]): string {
  const said = shown.map(({ title, value, interval }) => `${title}: ${value}${interval ? ` (${interval})` : ''}`);
  return `θ = ${thetaText(theta)}. ${said.join('; ')}.`;
}
