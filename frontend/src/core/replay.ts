/** Any decision about a trace, from its stored numbers. Mirrors dualroute/trace/replay.py; golden data holds them equal. */
import { flowWeights } from './policies';
import type { Decided } from './readouts';
import { type Trace, ignoring } from './trace';

/** A decision. overrides: token to flow; ignored: context tokens that are not read. */
export interface View {
  policy: string;
  theta: number;
  overrides: Map<number, number>;
  ignored?: Set<number>;
}

/** weights (T,R); kappa (T,): weight of a token's own part; rho (T,): weight of what it read. */
export interface Route {
  weights: Float64Array;
  kappa: Float64Array;
  rho: Float64Array;
}

export type Outcome = Decided & Route;

export function replay(trace: Trace, view: View): Outcome {
  const route = routeOf(trace, view);
  const read = ignoring(trace, view.ignored);
  return { ...read.decide(read.score(route.kappa, route.rho)), ...route };
}

export function routeOf(trace: Trace, { policy, theta, overrides }: View): Route {
  const { T, R } = trace;
  const weights = flowWeights(trace, policy, theta, overrides);
  const kappa = new Float64Array(T);
  const rho = new Float64Array(T);
  for (let t = 0; t < T; t++) {
    const middle = R === 3 ? weights[t * 3 + 1] : 0;
    const last = weights[t * R + R - 1];
    kappa[t] = weights[t * R] + last;
    rho[t] = middle + last;
  }
  return { weights, kappa, rho };
}

/** A route as a key: two decisions with the same one have the same outcome. */
export const routeKey = (trace: Trace, view: View): string => routeOf(trace, view).weights.join();

/** Index of the flow that has all of a token's weight, or -1 when it is divided. */
export function flowTaken({ R }: Trace, weights: Float64Array, t: number): number {
  for (let r = 0; r < R; r++) if (weights[t * R + r] === 1) return r;
  return -1;
}

/** The name of that flow; `mixed` when it is divided. */
export function flowName(trace: Trace, weights: Float64Array, t: number): string {
  const flow = flowTaken(trace, weights, t);
  return flow < 0 ? 'mixed' : trace.flows[flow];
}

/** The flow that a click sends a token to: a direct token reads, any other goes direct. */
export const otherFlow = (trace: Trace, weights: Float64Array, t: number): number =>
  flowTaken(trace, weights, t) === 0 ? trace.R - 1 : 0;

/** The flipped tokens that the decision sends the same way without the flip. */
export function idleFlips(trace: Trace, view: View): number[] {
  const { weights } = routeOf(trace, { ...view, overrides: new Map() });
  return [...view.overrides].flatMap(([t, flow]) => (weights[t * trace.R + flow] === 1 ? [t] : []));
}

/** The decision that an input was traced with. */
export const tracedView = (trace: Trace): View & { ignored: Set<number> } => ({
  policy: trace.policy,
  theta: trace.threshold,
  overrides: new Map(trace.overrides),
  ignored: new Set(),
});

/** Overrides as requests carry them: token and the name of its flow. */
export const namedOverrides = (trace: Trace, overrides: ReadonlyMap<number, number>): [number, string][] =>
  [...overrides].map(([t, flow]) => [t, trace.flows[flow]]);
