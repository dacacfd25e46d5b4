/** What of the address could not be used, in one place; what it says of the tabs beside Inspect is handed to each. */
import type { Notice } from '../contracts';
import { capital } from '../core/format';
import { publish, subscribe } from '../page/channels';
import type { Host } from '../page/component';
import { find, make } from '../ui/dom';

export function mountNotice({ element, props, watch }: Host<{ value?: Partial<Notice> | null }>): void {
  const root = find(element, '.nt');
  const list = find(root, '.nt-list');
  const known = new Set<string>();

  const add = (notes: string[] = []) => {
    const fresh = notes.filter((note) => !known.has(note));
    for (const note of fresh) known.add(note);
    list.append(...fresh.map((note) => make('li', '', `${capital(note)}.`)));
    if (fresh.length) root.hidden = false;
  };
  const opened = () => {
    const { notes, asked, rows, pair } = props.value ?? {};
    add(notes);
    if (asked) publish('link-asked', asked);
    if (rows) publish('link-rows', rows);
    if (pair) publish('link-pair', pair);
  };
  find(root, '.nt-close').addEventListener('click', () => {
    root.hidden = true;
    list.replaceChildren();
  });
  subscribe('link-unused', ({ notes }) => add(notes));
  watch('value', opened);
  opened();
}
