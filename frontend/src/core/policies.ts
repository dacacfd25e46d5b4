/** From gates to weights of flows. Mirrors dualroute/trace/policies.py; golden data holds them equal. */
import type { Sums } from './trace';

type Gates = Pick<Sums, 'T' | 'R' | 'gates' | 'reading'>;

/** Writes the (R,) weights of token t into `weights` at t·R. */
type Policy = (trace: Gates, t: number, theta: number, weights: Float64Array) => void;

const POLICIES: Record<string, Policy> = {
  soft({ gates, R }, t, _theta, weights) {
    for (let r = 0; r < R; r++) weights[t * R + r] = gates[t * R + r];
  },
  threshold(trace, t, theta, weights) {
    setFlow(trace, t, trace.reading[t] > theta ? strongerReader(trace, t) : 0, weights);
  },
  weighted_threshold(trace, t, theta, weights) {
    const { gates, R } = trace;
    if (!(trace.reading[t] > theta)) return setFlow(trace, t, 0, weights);
    let rest = 1;
    for (let r = 1; r < R; r++) rest -= weights[t * R + r] = gates[t * R + r];
    weights[t * R] = rest;
  },
  select(trace, t, _theta, weights) {
    const { gates, R } = trace;
    let best = 0;
    for (let r = 1; r < R; r++) if (gates[t * R + r] > gates[t * R + best]) best = r;
    setFlow(trace, t, best, weights);
  },
  direct: (trace, t, _theta, weights) => setFlow(trace, t, 0, weights),
  merged: (trace, t, _theta, weights) => setFlow(trace, t, trace.R - 1, weights),
  context: (trace, t, _theta, weights) => setFlow(trace, t, 1, weights),
};

const THETA_POLICIES = ['threshold', 'weighted_threshold'];

/** Whether θ plays a part in the decision. */
export const usesTheta = ({ policy }: { policy: string }): boolean => THETA_POLICIES.includes(policy);

export const isTheta = (theta: unknown): theta is number => typeof theta === 'number' && theta >= 0 && theta <= 1;

/** Weights of all flows (T,R), the forced ones of `overrides` among them. */
export function flowWeights(
  trace: Gates,
  policy: string,
  theta: number,
  overrides: ReadonlyMap<number, number>,
): Float64Array {
  const weights = new Float64Array(trace.T * trace.R);
  const decide = POLICIES[policy];
  for (let t = 0; t < trace.T; t++) {
    const forced = overrides.get(t);
    if (forced === undefined) decide(trace, t, theta, weights);
    else setFlow(trace, t, forced, weights);
  }
  return weights;
}

function setFlow({ R }: Gates, t: number, flow: number, weights: Float64Array): void {
  for (let r = 0; r < R; r++) weights[t * R + r] = r === flow ? 1 : 0;
}

function strongerReader({ gates, R }: Gates, t: number): number {
  return R === 2 ? 1 : gates[t * 3 + 1] > gates[t * 3 + 2] ? 1 : 2;
}
