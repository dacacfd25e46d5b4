/** Long inputs are turned like pages. */
import { radio } from './dom';

const PAGE = 40;
const LONGEST_UNTURNED = 44;

/** Tokens on a page. */
export const pageSize = (tokens: number): number => (tokens > LONGEST_UNTURNED ? PAGE : tokens);

export function pageButtons(
  className: string,
  tokens: number,
  size: number,
  turn: (page: number) => void,
): HTMLButtonElement[] {
  return Array.from({ length: Math.ceil(tokens / size) }, (_, i) => {
    const range = `${i * size + 1}–${Math.min(tokens, (i + 1) * size)}`;
    const node = radio(className, range, () => turn(i));
    node.setAttribute('aria-label', `Tokens ${range}`);
    return node;
  });
}
