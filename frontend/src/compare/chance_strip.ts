/** An effect beside what chance does: a strip on one axis. */
import { type Chance, chanceWords } from '../core/chance';
import { find } from '../ui/dom';

export interface ChanceStrip {
  /** null hides it. */
  show(chance: Chance | null, answer: string): void;
}

export function chanceStrip(root: HTMLElement): ChanceStrip {
  const strip = find(root, '.cmp-chance');
  const put = (name: string, from: number, to?: number) => {
    const node = find(strip, `.cmp-axis .${name}`);
    node.style.left = `${(100 * from).toFixed(2)}%`;
    if (to !== undefined) node.style.width = `${(100 * (to - from)).toFixed(2)}%`;
  };
  return {
    show(chance, answer) {
      strip.hidden = !chance;
      if (!chance) return;
      const { effect, low, high, mean } = chance;
      const reach = 1.15 * Math.max(1e-6, ...[effect, low, high, mean].map(Math.abs));
      const at = (value: number) => (value / reach + 1) / 2;
      put('band', at(low), at(high));
      put('mean', at(mean));
      put('effect', at(effect));
      put('zero', 0.5);
      strip.setAttribute('aria-label', chanceWords(chance, answer));
    },
  };
}
