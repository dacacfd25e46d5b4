/**
 * Ribbons of the flow picture: every exact term of one score, none left out. The pieces of a word share a node, and so do
 * the words whose terms are small. Mirrors dualroute/report/flow.py; golden data holds them equal.
 */
import type { Route } from './replay';
import type { Trace } from './trace';

const MOST_CONTEXT = 8;
const MOST_WORDS = 12;
const LEAST_SHARE = 0.012; // of the whole; smaller ribbons would be hairlines

/** Nodes: `own`, `c<s>` or `c+` (other context words), `t<t>` or `t+` (other words), `for`, `against`. */
export interface FlowLink {
  source: string;
  target: string;
  positive: boolean;
  value: number;
}

export interface Flow {
  links: FlowLink[];
  /** Words that share a node: those of the context, and those of x. */
  joined: { 'c+': number; 't+': number };
  /** Sizes of all terms above and below zero. */
  up: number;
  down: number;
}

/** What every token or context token is drawn as: its place among the names. */
interface Nodes {
  names: string[];
  of: number[];
  joined: number;
}

export function flowOf(trace: Trace, { kappa, rho }: Route, label: number): Flow {
  const { T, S } = trace;
  const terms = new Float64Array(T * (S + 1)); // of each token: its own part, then what it got of each context token
  const perToken = new Float64Array(T);
  const perContext = new Float64Array(S);
  let up = 0;
  let down = 0;
  for (let t = 0; t < T; t++)
    for (let s = -1; s < S; s++) {
      const value = s < 0 ? kappa[t] * trace.own(t, label) : rho[t] && rho[t] * trace.term(t, s, label);
      terms[t * (S + 1) + s + 1] = value;
      perToken[t] += Math.abs(value);
      if (s >= 0) perContext[s] += Math.abs(value);
      if (value > 0) up += value;
      else down -= value;
    }
  const words = nodesOf('t', trace.tokens, perToken, MOST_WORDS, up + down);
  const context = nodesOf('c', trace.contextTokens, perContext, MOST_CONTEXT, up + down);
  const links = linksOf(terms, words, { ...context, names: ['own', ...context.names] });
  return { links, joined: { 'c+': context.joined, 't+': words.joined }, up, down };
}

/** context.of: places among names that begin with `own`, which is not one of its tokens. */
function linksOf(terms: Float64Array, words: Nodes, context: Nodes): FlowLink[] {
  const [targets, sources] = [words.names.length, context.names.length];
  const inward = new Float64Array(targets * sources * 2); // the second of two: below zero
  const outward = new Float64Array(targets * 2);
  const width = context.of.length + 1;
  terms.forEach((value, i) => {
    const word = words.of[Math.floor(i / width)];
    const source = i % width ? context.of[(i % width) - 1] + 1 : 0;
    const below = value < 0 ? 1 : 0;
    inward[(word * sources + source) * 2 + below] += Math.abs(value);
    outward[word * 2 + below] += Math.abs(value);
  });
  const links: FlowLink[] = [];
  inward.forEach((value, i) => {
    const place = i >> 1;
    const [source, target] = [context.names[place % sources], words.names[Math.floor(place / sources)]];
    if (value) links.push({ source, target, positive: i % 2 === 0, value });
  });
  outward.forEach((value, i) => {
    const positive = i % 2 === 0;
    if (value) links.push({ source: words.names[i >> 1], target: positive ? 'for' : 'against', positive, value });
  });
  return links;
}

/** The first token of the word that each token is a piece of. */
function wordStarts(tokens: readonly string[]): number[] {
  let start = 0;
  return tokens.map((token, i) => (start = i && token.startsWith('##') ? start : i));
}

/** The largest words have nodes of their own, the others a common one; a single other has its own too. */
function nodesOf(prefix: string, tokens: readonly string[], sizes: Float64Array, most: number, total: number): Nodes {
  const starts = wordStarts(tokens);
  const whole = new Float64Array(tokens.length);
  starts.forEach((start, i) => (whole[start] += sizes[i]));
  const order = Array.from(whole.keys())
    .filter((i) => whole[i] > 0)
    .sort((a, b) => whole[b] - whole[a] || a - b);
  const large = order.slice(0, most).filter((i) => whole[i] > LEAST_SHARE * total);
  const own = new Set(order.length === large.length + 1 ? order : large);
  const names: string[] = [];
  const place = new Map<string, number>();
  const of = starts.map((start) => {
    const name = own.has(start) ? `${prefix}${start}` : `${prefix}+`;
    if (!place.has(name)) place.set(name, names.push(name) - 1);
    return place.get(name)!;
  });
  return { names, of, joined: order.length - own.size };
}
