/** What Python wrote for these tests: see tests/frontend/golden.py. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { TracePayload } from '../contracts';
import type { FullView, Side } from '../core/pair';
import { type Trace, decode } from '../core/trace';

export const golden = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../golden/${name}.json`, import.meta.url), 'utf8')) as T;

export const payloads = golden<Record<string, TracePayload>>('traces');

/** A fresh trace: tests may select a piece of it. */
export const makeTrace = (name: string): Trace => decode(payloads[name]);

/** A decision on a trace, as the golden files have it. */
export interface Case {
  trace: string;
  policy: string;
  theta: number;
  overrides: [number, number][];
  ignored: number[];
}

export const viewOf = ({ policy, theta, overrides, ignored }: Case): FullView => ({
  policy,
  theta,
  overrides: new Map(overrides),
  ignored: new Set(ignored),
});

export const sideOf = (given: Case): Side => ({ trace: makeTrace(given.trace), view: viewOf(given) });

export const named = ({ trace, policy, theta, overrides, ignored }: Case): string =>
  `${trace}, ${policy} at ${theta.toFixed(3)}, ${overrides.length} flips, ${ignored.length} unread`;

/** Python and the page agree to 1e-6; null stands for NaN. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number | null>, tolerance = 1e-6): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) {
    const wanted = expected[i] ?? NaN;
    if (Number.isNaN(wanted)) expect(actual[i]).toBeNaN();
    else
      expect(Math.abs(actual[i] - wanted), `number ${i}`).toBeLessThanOrEqual(
        tolerance * Math.max(1, Math.abs(wanted)),
      );
  }
}
