/** Rows of a language model's gate at several θs, as Python measures them. */
import { describe, expect, test } from 'vitest';
import type { GateRowsPayload } from '../../contracts';
import { expectClose, golden } from '../../testing/golden';
import { bestWithin } from './choose';
import { type GateIntervals, changeInterval, gateIntervals } from './gate_intervals';
import {
  controlCurve,
  decodeGateRows,
  gateChanges,
  gateCurve,
  gatePart,
  gateReads,
  measureGate,
  natsOf,
  staticNats,
} from './gate_rows';

interface Estimate {
  nll: number;
  ci: [number, number];
}

interface Difference {
  difference: number;
  ci: [number, number];
}

interface Case {
  group: string;
  theta: number;
  share: number;
  reading: number;
  nll: number;
  ci: [number, number];
  direct: number;
  merged: number;
  static: number;
  entropy: number;
  divergence: number;
  oracle: number;
  random: Estimate;
  against: Record<'direct' | 'merged' | 'random' | 'entropy' | 'divergence', Difference>;
}

const { payload, at } = golden<{ payload: GateRowsPayload; at: Case[] }>('gates');
const rows = decodeGateRows(payload);
const partOf = (group: string) =>
  gatePart(
    rows,
    payload.groups.findIndex(([name]) => name === group),
  );

describe.each(at.map((each): [string, Case] => [`${each.group} at ${each.theta}`, each]))('%s', (_, expected) => {
  const part = partOf(expected.group);
  const found = measureGate(part, expected.theta);

  test('is what Python measures', () => {
    for (const name of [
      'share',
      'reading',
      'nll',
      'direct',
      'merged',
      'static',
      'entropy',
      'divergence',
      'oracle',
    ] as const)
      expect(found[name], name).toBeCloseTo(expected[name], 6);
    expect(found.random).toBeCloseTo(expected.random.nll, 6);
  });

  test('has intervals about those of other draws', async () => {
    const intervals = await new Promise<GateIntervals>((done) => gateIntervals(part, expected.theta, done));
    const near = (actual: [number, number], wanted: [number, number]) => {
      const width = Math.max(0.02, wanted[1] - wanted[0]);
      actual.forEach((end, i) => expect(Math.abs(end - wanted[i])).toBeLessThan(0.15 * width));
    };
    near(intervals.nll, expected.ci);
    for (const name of ['direct', 'merged', 'random', 'entropy', 'divergence'] as const)
      near(intervals[name], expected.against[name].ci);
  });
});

test('the curve is the measure at each of its thetas, and controls end where the flows are', () => {
  const part = partOf('mixture');
  const curve = gateCurve(part);
  for (const i of [0, 137, 500, 770, 1000]) {
    const { share, nll } = measureGate(part, curve.thetas[i]);
    expectClose([curve.shares[i], -curve.qualities[i]], [share, nll], 1e-9);
  }
  for (const control of ['entropy', 'divergence', 'oracle'] as const) {
    const nats = controlCurve(part, control);
    const { direct, merged } = measureGate(part, 0.5);
    expectClose([nats[0], nats.at(-1)!], [direct, merged], 1e-9);
  }
  expect(Math.min(...controlCurve(part, 'oracle'))).toBeLessThanOrEqual(-Math.max(...curve.qualities));
});

test('a mixture of weight 0 or 1 is one of the flows', () => {
  const part = partOf('near');
  expectClose(staticNats(part, 0), part.direct, 1e-12);
  expectClose(staticNats(part, 1), part.merged, 1e-12);
});

test('halves have every second question, and a budget is kept on the half that chooses', () => {
  const [chooser, judge] = ([0, 1] as const).map((half) => gatePart(rows, payload.groups.length - 1, half));
  expect(chooser.rows.length + judge.rows.length).toBe(rows.group.length);
  expect(chooser.rows.every((r) => rows.question[r] % 2 === 0)).toBe(true);
  const curve = gateCurve(chooser);
  const best = bestWithin(curve, 0.3)!;
  expect(curve.shares[best]).toBeLessThanOrEqual(0.3);
  const within = curve.qualities.filter((_, i) => curve.shares[i] <= 0.3);
  expect(curve.qualities[best]).toBe(Math.max(...within));
});

test('rows that change come by the size of their change, and sum to the difference', () => {
  const part = partOf('right');
  const changes = gateChanges(part, 0.2, 0.8);
  const sizes = changes.map(({ nats: [a, b] }) => Math.abs(b - a));
  expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  const total = changes.reduce((sum, { tokens, nats: [a, b] }) => sum + tokens * (b - a), 0);
  const [one, other] = [0.2, 0.8].map((theta) => measureGate(part, theta).nll);
  expect(total / part.tokens.length).toBeCloseTo(other - one, 9);
  expect(gateChanges(part, 0.4, 0.4)).toEqual([]);
  const [low, high] = changeInterval(part, 0.2, 0.8);
  expect(low).toBeLessThan(other - one);
  expect(high).toBeGreaterThan(other - one);
});

test('a gate that is equal to the threshold does not read', () => {
  const part = partOf('mixture');
  const gate = part.gates[3];
  expect(gateReads(part, gate)[3]).toBe(0);
  expect(natsOf(part, gateReads(part, gate))[3]).toBe(part.direct[3]);
});
