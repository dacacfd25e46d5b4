/** Other words in x, and what of a view fits them. */
import { align } from './align';
import type { FullView, Side } from './pair';
import { tracedView } from './replay';
import type { Trace } from './trace';

/** A word of x with the parts that belong to it: its characters [from, to), and the token after it. */
export interface Word {
  from: number;
  to: number;
  next: number;
}

/** Where each token stands in x; a trace without places has its tokens looked for in order. null: one is not found. */
function placesOf(trace: Trace): [number, number][] | null {
  if (trace.offsets.length) return trace.offsets;
  if (trace.cache.wordPlaces === undefined) trace.cache.wordPlaces = searchPlaces(trace);
  return trace.cache.wordPlaces;
}

function searchPlaces({ x, tokens }: Trace): [number, number][] | null {
  const text = x.toLowerCase();
  let at = 0;
  const places = tokens.map((token): [number, number] => {
    const word = token.replace(/^##/, '').toLowerCase();
    const from = text.indexOf(word, at);
    at = from < 0 ? Infinity : from + word.length;
    return [from, at];
  });
  return places.every(([from]) => from >= 0) ? places : null;
}

/** The word that token t belongs to; null where it has no place in x. */
export function wordAt(trace: Trace, t: number): Word | null {
  const { tokens, T } = trace;
  const places = placesOf(trace);
  if (!places || t < 0 || t >= T) return null;
  let first = t;
  let last = t;
  while (first && tokens[first].startsWith('##')) first -= 1;
  while (last + 1 < T && tokens[last + 1].startsWith('##')) last += 1;
  return { from: places[first][0], to: places[last][1], next: last + 1 };
}

/** x without the word of token t; null where nothing would be left. */
export function withoutWord(trace: Trace, t: number): string | null {
  const word = wordAt(trace, t);
  if (!word) return null;
  const text = `${trace.x.slice(0, word.from)}${trace.x.slice(word.to)}`;
  return text.replace(/ {2,}/g, ' ').trim() || null;
}

/** x with the word of token t and the next one swapped; null where there is no next one. */
export function withSwapped(trace: Trace, t: number): string | null {
  const { x } = trace;
  const word = wordAt(trace, t);
  const other = word && wordAt(trace, word.next);
  if (!word || !other) return null;
  const gap = x.slice(word.to, other.from);
  return x.slice(0, word.from) + x.slice(other.from, other.to) + gap + x.slice(word.from, word.to) + x.slice(other.to);
}

/**
 * The view of `parent` on an input that was run anew: by the same router its flips and unread words stay with their
 * words; exact, as all replay is.
 */
export function carriedView(parent: Side, trace: Trace): FullView {
  const view = tracedView(trace);
  if (parent.trace.checkpoint !== trace.checkpoint || !trace.answers) return view;
  const moved = (before: string[], after: string[]) =>
    new Map(
      align(before, after)
        .filter(({ change }) => change === 'same')
        .map(({ a, b }) => [a, b]),
    );
  const tokens = moved(parent.trace.tokens, trace.tokens);
  const context = moved(parent.trace.contextTokens, trace.contextTokens);
  const flips = [...parent.view.overrides].flatMap(([t, flow]): [number, number][] =>
    tokens.has(t) ? [[tokens.get(t)!, flow]] : [],
  );
  const ignored = [...parent.view.ignored].flatMap((s) => context.get(s) ?? []);
  return { ...view, overrides: new Map(flips), ignored: new Set(ignored) };
}
