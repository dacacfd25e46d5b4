/** Draws parts of a figure in the page's own colours. */
import { type Attributes, svgNode, svgText, wrapped } from '../ui/svg';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Pen {
  /** A colour of the theme by its name. */
  tone(name: string): string;
  /** The colour of a flow, and of what is written on it. */
  flow(name: string): string;
  onFlow(name: string): string;
  /** A bar from the bottom of a box: share from 0 to 1. */
  rise(parent: SVGElement, box: Box, share: number, fill: string): void;
  /** A bar about the middle of a box: share from -1 to 1. */
  lean(parent: SVGElement, box: Box, share: number, fill: string): void;
  text(parent: SVGElement, words: string, x: number, y: number, attributes: Attributes): void;
  /** Lines of words below each other; returns the y of the last one. */
  words(parent: SVGElement, words: string, y: number, size: number, weight: number, fill?: string): number;
}

const within = (share: number) => Math.min(1, Math.max(-1, share || 0));

/** style: computed style of the inspector, where the colours of the theme stand; width: of the figure. */
export function makePen(style: CSSStyleDeclaration, width: number): Pen {
  const tone = (name: string) => style.getPropertyValue(`--dr-${name}`).trim();
  const bar = (parent: SVGElement, box: Box, share: number, y: number, fill: string) => {
    const size = { x: box.x + 1, y, width: Math.max(0, box.width - 2), height: share * box.height };
    parent.append(svgNode('rect', { class: 'bar', ...size, fill }));
  };
  const text: Pen['text'] = (parent, words, x, y, attributes) => {
    parent.append(svgText({ x, y, 'text-anchor': 'start', 'font-weight': 400, ...attributes }, words));
  };
  return {
    tone,
    text,
    flow: (name) => tone(name === 'mixed' ? 'quiet' : name),
    onFlow(name) {
      if (name === 'direct' || name === 'merged') return tone(`on-${name}`);
      return name === 'mixed' ? tone('page') : '#08131c';
    },
    rise: (parent, box, share, fill) => bar(parent, box, within(share), box.y + box.height * (1 - within(share)), fill),
    lean(parent, box, share, fill) {
      const part = within(share) / 2;
      const middle = box.y + box.height / 2;
      const line = { x1: box.x, x2: box.x + box.width, y1: middle, y2: middle };
      parent.append(svgNode('line', { ...line, stroke: tone('line') }));
      bar(parent, box, Math.abs(part), part > 0 ? middle - part * box.height : middle, fill);
    },
    words(parent, words, y, size, weight, fill = tone('text')) {
      const lines = wrapped(words, Math.floor((width - 24) / (size * 0.56)));
      const lineHeight = size * 1.35;
      lines.forEach((line, i) =>
        text(parent, line, 12, y + i * lineHeight, { fill, 'font-weight': weight, 'font-size': size }),
      );
      return y + (lines.length - 1) * lineHeight;
    },
  };
}
