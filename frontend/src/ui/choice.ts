/** Several buttons of which one is on. */
import { check, radio } from './dom';
import { rovingRow } from './roving';

export type ChoiceEntry<Name extends string> = [name: Name, words: string, help?: string];

export function offerChoice<Name extends string>(
  box: HTMLElement,
  className: string,
  entries: ChoiceEntry<Name>[],
  chosen: Name,
  choose: (name: Name) => void,
): void {
  const mark = (name: Name) => check(box.children, (_, i) => entries[i][0] === name);
  box.replaceChildren(
    ...entries.map(([name, words, help = '']) => {
      const node = radio(className, words, () => {
        mark(name);
        choose(name);
      });
      node.title = help;
      return node;
    }),
  );
  mark(chosen);
  rovingRow(box);
}
