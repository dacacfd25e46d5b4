/** The policies of a decision as buttons of which one is on. */
import { check, radio } from './dom';
import { rovingRow } from './roving';

export function offerPolicies(
  box: HTMLElement,
  className: string,
  policies: [name: string, title: string, help: string][],
  choose: (policy: string) => void,
): void {
  box.replaceChildren(
    ...policies.map(([name, title, help]) => {
      const node = radio(className, title, () => choose(name));
      node.dataset.policy = name;
      node.title = help;
      return node;
    }),
  );
  rovingRow(box);
}

export const markPolicy = (box: HTMLElement, policy: string): void =>
  check(box.children, (node) => node.dataset.policy === policy);
