/** Ribbons from a word to what it reads, as wide as its attention. */
import { svgNode } from '../ui/svg';

export interface Ribbon {
  from: HTMLElement;
  to: HTMLElement;
  /** From 0 to 1: its width. */
  share: number;
  /** The word does not read: this is where it would look. */
  unused: boolean;
  faint: boolean;
}

const WIDEST = 16;

export interface Ribbons {
  draw(ribbons: Ribbon[]): void;
}

/** layer: an SVG that covers `field`, which both ends stand in; `window` scrolls the targets. */
export function ribbonLayer(layer: SVGSVGElement, field: HTMLElement): Ribbons {
  return {
    draw(ribbons) {
      const origin = field.getBoundingClientRect();
      const paths = ribbons.flatMap(({ from, to, share, unused, faint }) => {
        const a = from.getBoundingClientRect();
        const b = to.getBoundingClientRect();
        const box = to.closest('.dr-source')?.getBoundingClientRect();
        if (!b.width || (box && (b.bottom < box.top || b.top > box.bottom))) return []; // scrolled out of sight
        const kind = `dr-ribbon${unused ? ' unused' : ''}${faint ? ' faint' : ''}`;
        const width = Math.max(1.2, WIDEST * share);
        const d =
          from.parentElement === to.parentElement
            ? arch(a, b, origin)
            : curve(a, b, origin, !!box && box.right <= a.left);
        return [svgNode('path', { class: kind, d, 'stroke-width': width.toFixed(1), fill: 'none' })];
      });
      layer.replaceChildren(...paths);
    },
  };
}

/** From a word to its source: over the heads of the words where that stands at their left, else up or down. */
function curve(a: DOMRect, b: DOMRect, { left, top }: DOMRect, beside: boolean): string {
  const middle = ({ x, width }: DOMRect) => x + width / 2 - left;
  if (beside) {
    const start = [middle(a), a.top - top];
    const end = [middle(b), b.y + b.height / 2 - top];
    const high = start[1] - 46;
    return `M${start.join()} C${start[0]},${high} ${end[0] + 0.45 * (start[0] - end[0])},${high} ${end.join()}`;
  }
  const down = b.top > a.top;
  const start = [middle(a), (down ? a.bottom : a.top) - top];
  const end = [middle(b), (down ? b.top : b.bottom) - top];
  const bend = (end[1] - start[1]) / 2;
  return `M${start.join()} C${start[0]},${start[1] + bend} ${end[0]},${end[1] - bend} ${end.join()}`;
}

/** Between words of one text: over their heads. */
function arch(a: DOMRect, b: DOMRect, { left, top }: DOMRect): string {
  const x = [a, b].map((box) => box.x + box.width / 2 - left);
  const y = [a, b].map((box) => box.top - top);
  const high = Math.min(...y) - Math.min(44, 10 + Math.abs(x[1] - x[0]) / 8);
  return `M${x[0]},${y[0]} C${x[0]},${high} ${x[1]},${high} ${x[1]},${y[1]}`;
}
