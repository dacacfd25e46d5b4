/** The parts of a band over θ: what holds from one θ to another, and a tick for the gate of each token. */
import { clip, plainToken } from '../core/format';
import { make } from './dom';

/** color: 0 to 5, those of the style sheet. */
export function segment(words: string, color: number, from: number, to: number): HTMLElement {
  const node = make('span', 'dr-span');
  node.append(make('span', '', words));
  node.style.flexGrow = Math.max(0, to - from).toFixed(5);
  node.dataset.label = String(color);
  node.title = `θ from ${from.toFixed(3)} to ${to.toFixed(3)}: ${words}`;
  return node;
}

export function tick(gate: number, token: string): HTMLElement {
  const node = make('i');
  node.style.left = `${(100 * gate).toFixed(2)}%`;
  node.title = `${clip(plainToken(token))}: gate ${gate.toFixed(3)}`;
  return node;
}
