/** What was read, in the first window: running text, a list of items, or a picture whose unread parts are veiled. */
import { largestSize } from '../core/arrays';
import { placedTokens } from '../core/context_text';
import { percent } from '../core/format';
import type { Trace } from '../core/trace';
import { make } from '../ui/dom';
import { PNG_ADDRESS } from './picture';

export interface Source {
  build(trace: Trace): void;
  /** shares: (S,) of what was read, null for nothing. */
  paint(shares: Float64Array | null): void;
  /** The node of context token s; undefined where the context is not drawn. */
  node(s: number): HTMLElement | undefined;
}

const LEAST = 0.004; // of a change that can be seen

export function sourceView(box: HTMLElement): Source {
  let nodes: HTMLElement[] = [];
  let painted: string[] = [];
  return {
    build(trace) {
      painted = [];
      nodes = [];
      box.hidden = !trace.S || trace.contextKind === 'backward';
      box.classList.remove('read');
      if (box.hidden) return box.replaceChildren();
      if (trace.contextKind === 'image') {
        nodes = trace.contextTokens.map(() => make('i'));
        return box.replaceChildren(picture(trace, nodes));
      }
      nodes = [];
      box.replaceChildren(...(trace.contextKind === 'items' ? list(trace, nodes) : text(trace, nodes)));
    },
    paint(shares) {
      const top = shares ? largestSize(shares) : 0;
      const any = top > 1e-9;
      box.classList.toggle('read', any);
      nodes.forEach((node, s) => {
        const share = any ? shares![s] / top : 0;
        const state = share < LEAST ? '0' : share.toFixed(2);
        if (painted[s] === state) return;
        painted[s] = state;
        node.style.setProperty('--v', state);
        if (node.tagName !== 'I') node.title = any ? `read ${percent(shares![s])}` : '';
      });
    },
    node: (s) => nodes[s],
  };
}

function picture(trace: Trace, patches: HTMLElement[]): HTMLElement {
  const frame = make('div', 'dr-scene');
  const veil = make('div', 'dr-veil');
  veil.style.setProperty('--side', String(Math.max(1, Math.round(Math.sqrt(trace.S)))));
  veil.append(...patches);
  if (PNG_ADDRESS.test(trace.image)) {
    const image = make('img');
    image.src = trace.image;
    image.alt = `the ${trace.hName} that the words could look at`;
    frame.append(image);
  }
  frame.append(veil);
  return frame;
}

function text({ h, hName, contextTokens }: Trace, nodes: HTMLElement[]): HTMLElement[] {
  const running = make('p', 'dr-running');
  running.dir = 'auto';
  for (const { gap, text: words } of placedTokens(h, contextTokens)) {
    const node = make('span', '', words);
    nodes.push(node);
    running.append(gap, node);
  }
  return [make('span', 'dr-source-name', hName), running];
}

function list({ hName, contextTokens }: Trace, nodes: HTMLElement[]): HTMLElement[] {
  const items = make('ul', 'dr-items');
  for (const name of contextTokens) {
    const item = make('li');
    const node = make('span', '', name);
    nodes.push(node);
    item.append(node);
    items.append(item);
  }
  return [make('span', 'dr-source-name', hName), items];
}
