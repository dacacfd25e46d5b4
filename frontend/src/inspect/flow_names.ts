/** What the nodes of the flow picture are called, and how wide that is on the page. */
import type { Flow } from '../core/flow_links';
import { count, plainToken } from '../core/format';
import { answerWords } from '../core/sentence';
import type { Trace } from '../core/trace';

const NOUNS: Record<string, string> = { image: 'patch', items: 'item' };

let pen: CanvasRenderingContext2D | null = null;

/** px at 12 px, the size of type in the picture. */
export function widthOf(words: string): number {
  pen ??= document.createElement('canvas').getContext('2d');
  if (!pen) return 7 * words.length;
  pen.font = '12px system-ui, sans-serif';
  return pen.measureText(words).width;
}

export function nodeName(trace: Trace, { joined }: Pick<Flow, 'joined'>, id: string, label: number): string {
  if (id === 'own') return `the ${trace.xName} itself`;
  if (id === 'for' || id === 'against') return `${id} ${answerWords(trace, label)}`;
  if (id === 't+') return count(joined[id], 'more word');
  if (id === 'c+') return more(joined[id], NOUNS[trace.contextKind] ?? 'word');
  return wordAt(id.startsWith('t') ? trace.tokens : trace.contextTokens, Number(id.slice(1)));
}

const more = (n: number, noun: string) => (noun === 'patch' ? `${n} more patches` : count(n, `more ${noun}`));

/** A token with the pieces that continue it. */
function wordAt(tokens: readonly string[], from: number): string {
  let to = from + 1;
  while (tokens[to]?.startsWith('##')) to++;
  const [first, ...pieces] = tokens.slice(from, to);
  return [plainToken(first), ...pieces.map((piece) => piece.slice(2))].join('');
}
