import { expect, test } from 'vitest';
import { type Case, expectClose, golden, makeTrace, named, viewOf } from '../testing/golden';
import { flowName, otherFlow, replay } from './replay';

interface Replayed extends Case {
  logits: number[];
  kappa: number[];
  rho: number[];
  weights: number[];
  answer: string;
  best: number;
  probability: number;
  tie: boolean;
}

test.each(golden<Replayed[]>('replays').map((replayed) => [named(replayed), replayed] as const))(
  '%s',
  (_, expected) => {
    const trace = makeTrace(expected.trace);
    const outcome = replay(trace, viewOf(expected));
    expectClose(outcome.logits, expected.logits);
    expectClose(outcome.kappa, expected.kappa);
    expectClose(outcome.rho, expected.rho);
    expectClose(outcome.weights, expected.weights);
    expect(outcome.best).toBe(expected.best);
    expect(outcome.tie).toBe(expected.tie);
    expect(trace.nameOf(outcome.best)).toBe(expected.answer);
    expectClose([trace.probOf(outcome, outcome.best)], [expected.probability]);
  },
);

test('a gate at the threshold stays closed', () => {
  const trace = makeTrace('two flows');
  const gate = trace.reading[0];
  const rhoAt = (theta: number) => replay(trace, { policy: 'threshold', theta, overrides: new Map() }).rho[0];
  expect(rhoAt(gate)).toBe(0);
  expect(rhoAt(gate - 1e-9)).toBe(1);
});

test('a flow is named where it has all of the weight, and a click sends a token the other way', () => {
  const trace = makeTrace('three flows');
  const { weights } = replay(trace, { policy: 'direct', theta: 0, overrides: new Map([[1, 2], [2, 1]]) }); // prettier-ignore
  expect([0, 1, 2].map((t) => flowName(trace, weights, t))).toEqual(['direct', 'merged', 'context']);
  expect([0, 1, 2].map((t) => otherFlow(trace, weights, t))).toEqual([2, 0, 0]);
  const soft = replay(trace, { policy: 'soft', theta: 0, overrides: new Map() });
  expect(flowName(trace, soft.weights, 0)).toBe('mixed');
});
