/** A file of its own, without a server: this stands in for the page's framework. */
import type { Host } from '../page/component';
import { make } from '../ui/dom';

export const NO_SERVER = 'a saved view has no server to ask; open this input on the page';

/** What is asked for, and the property in which its answer is awaited. */
const ANSWERS: Record<string, string> = {
  attribute: 'attribution',
  rewrite: 'rewritten',
  retrace: 'retraced',
  through_all: 'routed',
};

/** What the file was saved with. */
export const savedData = <Data>(): Data =>
  JSON.parse(document.getElementById('saved-data')?.textContent ?? '{}') as Data;

export function savedSection(name: string): HTMLElement {
  const section = make('section', 'saved');
  if (name) section.append(make('h2', 'saved-name', name));
  document.getElementById('views')?.append(section);
  return section;
}

/** What the file is and of what, as the first thing in it and in the browser's tab. */
export function savedTitle(title: string): void {
  document.title = `${title} – DualRoute Explorer`;
  const head = make('header', 'saved-head');
  head.append(make('p', 'saved-product', 'DualRoute Explorer'), make('h1', '', title));
  document.getElementById('views')?.prepend(head);
}

/** A component's template in a section. Of two views each has ids of its own, which end in `suffix`. */
export function savedPart(section: HTMLElement, template: string, suffix: string | number): HTMLElement {
  const element = make('div', 'saved-part');
  const content = document.querySelector<HTMLTemplateElement>(`template#${template}`)?.content;
  if (content) element.append(content.cloneNode(true));
  for (const name of ['id', 'for'])
    for (const node of element.querySelectorAll(`[${name}]`))
      node.setAttribute(name, `${node.getAttribute(name)}-${suffix}`);
  section.append(element);
  return element;
}

/** A host that answers every request with the reason why nobody answers. */
export function savedHost<Props extends object>(element: HTMLElement, props: Props): Host<Props> {
  const watching = new Map<string, () => void>();
  const known: Props & { saved: boolean } & Record<string, unknown> = { ...props, saved: true };
  return {
    element,
    props: known,
    trigger(name, data) {
      const answer = ANSWERS[name];
      if (!answer) return;
      const { id, key } = (data ?? {}) as { id?: number; key?: string };
      Object.assign(known, { [answer]: { id, key, error: NO_SERVER } });
      queueMicrotask(() => watching.get(answer)?.());
    },
    watch: (name, changed) => void watching.set(name, changed),
  };
}

/** Light or dark as the reader's system is. */
export function followSystemTheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const dress = () => document.body.classList.toggle('dark', dark.matches);
  dark.addEventListener('change', dress);
  dress();
}
