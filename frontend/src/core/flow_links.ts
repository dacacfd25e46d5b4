/** Ribbons of the flow picture: every exact term of one logit, none left out. Mirrors dualroute/report/flow.py. */
import { sumOf } from './arrays';
import type { Route } from './replay';
import type { Trace } from './trace';

const MOST_CONTEXT = 10;
const MOST_TOKENS = 20;
const LEAST_SHARE = 0.006; // of the whole; smaller ribbons would be hairlines

/** Nodes: `own`, `c<s>` or `c+` (other context tokens), `t<t>` or `t+` (other tokens), `for`, `against`. */
export interface FlowLink {
  source: string;
  target: string;
  positive: boolean;
  value: number;
}

export interface FlowTerms {
  /** s: -1 for what the token gives by itself. */
  all: { t: number; s: number; value: number }[];
  perContext: Float64Array;
  perToken: Float64Array;
}

export function flowLinks(trace: Trace, route: Route, label: number): FlowLink[] {
  const terms = flowTerms(trace, route, label);
  const total = sumOf(terms.perToken);
  const keepContext = largest(terms.perContext, MOST_CONTEXT, total);
  const keepToken = largest(terms.perToken, MOST_TOKENS, total);
  const links = new Map<string, FlowLink>();
  const add = (source: string, target: string, positive: boolean, value: number) => {
    const key = `${source}|${target}|${positive}`;
    const link = links.get(key);
    if (link) link.value += value;
    else links.set(key, { source, target, positive, value });
  };
  for (const { t, s, value } of terms.all) {
    const token = keepToken.has(t) ? `t${t}` : 't+';
    const source = s < 0 ? 'own' : keepContext.has(s) ? `c${s}` : 'c+';
    add(source, token, value > 0, Math.abs(value));
    add(token, value > 0 ? 'for' : 'against', value > 0, Math.abs(value));
  }
  return [...links.values()];
}

export function flowTerms(trace: Trace, { kappa, rho }: Route, label: number): FlowTerms {
  const { T, S } = trace;
  const terms: FlowTerms = { all: [], perContext: new Float64Array(S), perToken: new Float64Array(T) };
  const push = (t: number, s: number, value: number) => {
    if (!value) return;
    terms.all.push({ t, s, value });
    terms.perToken[t] += Math.abs(value);
    if (s >= 0) terms.perContext[s] += Math.abs(value);
  };
  for (let t = 0; t < T; t++) {
    push(t, -1, kappa[t] * trace.own(t, label));
    for (let s = 0; s < S; s++) push(t, s, rho[t] * trace.term(t, s, label));
  }
  return terms;
}

function largest(values: Float64Array, count: number, total: number): Set<number> {
  const order = Array.from(values.keys())
    .filter((i) => values[i] > LEAST_SHARE * total)
    .sort((a, b) => values[b] - values[a] || a - b);
  return new Set(order.slice(0, count));
}
