/** The bars of tracks. Their length is the custom property --v; the style sheet does the rest. */
import { breakable } from '../core/format';
import { make } from './dom';

export function bar(className = ''): HTMLDivElement {
  const cell = make('div', `dr-bar ${className}`);
  cell.append(make('i'));
  return cell;
}

/** About a middle line. */
export function signedBar(className = ''): HTMLDivElement {
  const cell = make('div', `dr-sgn ${className}`);
  cell.append(make('i'));
  return cell;
}

/** Two about a middle line: what a token gave by itself, and what it got. */
export function twoBars(): HTMLDivElement {
  const cell = make('div', 'dr-sgn two');
  cell.append(make('i', 'own'), make('i', 'got'));
  return cell;
}

const setLength = (node: Element | undefined | null, share: number): void =>
  (node as HTMLElement | null)?.style.setProperty('--v', share.toFixed(4));

export function setBar(cell: HTMLElement, share: number): void {
  setLength(cell.firstElementChild, share);
  cell.classList.toggle('neg', share < 0);
}

export function paintBar(cell: HTMLElement, share: number, title: string): void {
  setBar(cell, share);
  cell.title = title;
}

export function setTwoBars(cell: HTMLElement, own: number, got: number): void {
  setLength(cell.children[0], own);
  setLength(cell.children[1], got);
}

/** A column of names before the columns of numbers. names: [name, explanation]. */
export function header(names: [name: string, help: string][]): HTMLDivElement {
  const node = make('div', 'dr-col dr-head');
  for (const [name, help] of names) {
    const cell = make('div', '', breakable(name));
    cell.title = help;
    node.append(cell);
  }
  return node;
}
