/** Small helpers. Text reaches the page only through textContent: tokens are whatever people typed. */
import { breakable } from '../core/format';

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  text?: string | null,
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text != null) node.textContent = text;
  return node;
}

/** A name with places to break a line at, as nodes: its text stays what it is. */
export const breakableWords = (name: string): Node[] =>
  breakable(name)
    .split('\u200b')
    .flatMap((part, i) => (i ? [make('wbr'), new Text(part)] : [new Text(part)]));

export function button(className: string, text?: string): HTMLButtonElement {
  const node = make('button', className, text);
  node.type = 'button';
  return node;
}

export function option(value: string | number, text: string): HTMLOptionElement {
  const node = make('option', '', text);
  node.value = String(value);
  return node;
}

/** Setting a text or a title costs layout even where nothing changes; while θ is dragged that is every frame. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** The element a component's template has for certain. */
export function find<E extends HTMLElement = HTMLElement>(root: ParentNode, selector: string): E {
  const node = root.querySelector<E>(selector);
  if (!node) throw new Error(`the template has no ${selector}`);
  return node;
}

export type Find = <E extends HTMLElement = HTMLElement>(name: string) => E;

/** `find` for the classes of one component: `part('slider')` is its `.dr-slider`. */
export const finder =
  (root: ParentNode, prefix: string): Find =>
  <E extends HTMLElement = HTMLElement>(name: string) =>
    find<E>(root, `.${prefix}-${name}`);

/** Put `text` into every element that stands for a word, such as the name of x. */
export function nameParts(root: ParentNode, selector: string, text: string): void {
  for (const node of root.querySelectorAll(selector)) setText(node, text);
}

/** The element of a table's row or column, from the event's target outwards. */
export const closest = <E extends HTMLElement = HTMLElement>({ target }: Event, selector: string): E | null =>
  target instanceof Element ? target.closest<E>(selector) : null;

/** A place that is wider or higher than its window: a region that the keyboard can scroll. */
export function scrollable(className: string, label: string): HTMLDivElement {
  const node = make('div', className);
  node.tabIndex = 0;
  node.setAttribute('role', 'region');
  node.setAttribute('aria-label', label);
  return node;
}

export function scopedCell(content: string | Node, scope: 'row' | 'col'): HTMLTableCellElement {
  const node = make('th');
  node.append(content);
  node.scope = scope;
  return node;
}

/** A table of a head and rows. */
export function table(className: string, head: Node[], rows: Node[]): HTMLTableElement {
  const node = make('table', className);
  const line = make('tr');
  const body = make('tbody');
  line.append(...head);
  body.append(...rows);
  node.createTHead().append(line);
  node.append(body);
  return node;
}

/** One of several choices of which one is on. */
export function radio(className: string, text: string, choose: () => void): HTMLButtonElement {
  const node = button(className, text);
  node.setAttribute('role', 'radio');
  node.addEventListener('click', choose);
  return node;
}

export function check(nodes: Iterable<Element>, isOn: (node: HTMLElement, i: number) => boolean): void {
  [...nodes].forEach((node, i) => node.setAttribute('aria-checked', String(isOn(node as HTMLElement, i))));
}

export const press = (node: Element, on: boolean): void => node.setAttribute('aria-pressed', String(on));

/** When the next frame is painted; in a page that nobody sees, which paints none, at once. */
export function afterPaint(run: () => void): void {
  if (document.hidden) setTimeout(run);
  else requestAnimationFrame(() => setTimeout(run));
}

/** Follow the page between light and dark. */
export function onThemeChange(redraw: () => void): void {
  new MutationObserver(redraw).observe(document.body, { attributes: true, attributeFilter: ['class'] });
}
