import { describe, expect, test } from 'vitest';
import { expectClose, golden, makeTrace } from '../testing/golden';
import { joinStretches, predictionsOverTheta, stretchesOf } from './breakpoints';

interface Golden {
  answers: { trace: string; thetas: number[]; answers: string[] }[];
  stretches: {
    trace: string;
    policy: string;
    overrides: [number, number][];
    stretches: {
      low: number;
      high: number;
      closed: number[];
      answer: string | null;
      prob: number | null;
      share: number;
    }[];
  }[];
}

const data = golden<Golden>('theta');

describe('the answer at every θ', () => {
  test.each(data.answers.map((row) => [row.trace, row] as const))('%s', (name, { thetas, answers }) => {
    const trace = makeTrace(name);
    const spans = predictionsOverTheta(trace, { policy: 'threshold', theta: 0, overrides: new Map() });
    expect([spans[0].from, spans.at(-1)?.to]).toEqual([0, 1]);
    spans.slice(1).forEach((span, i) => {
      expect(span.from).toBe(spans[i].to);
      expect(span.label).not.toBe(spans[i].label);
    });
    const answerAt = (theta: number) => spans.find(({ from, to }) => from <= theta && theta < to)!.label;
    expect(thetas.map((theta) => trace.nameOf(answerAt(theta)))).toEqual(answers);
  });
});

describe('stretches of θ', () => {
  test.each(data.stretches.map((row) => [`${row.trace}, ${row.policy}, ${row.overrides.length} flips`, row] as const))(
    '%s',
    (_, { trace: name, policy, overrides, stretches: expected }) => {
      const trace = makeTrace(name);
      const stretches = stretchesOf(trace, { policy, overrides: new Map(overrides) });
      expect(stretches.map(({ low, high, closed }) => ({ low, high, closed }))).toEqual(
        expected.map(({ low, high, closed }) => ({ low, high, closed })),
      );
      expect(stretches.map(({ answer }) => (answer === null ? null : trace.nameOf(answer)))).toEqual(
        expected.map(({ answer }) => answer),
      );
      expectClose(stretches.map(({ prob }) => prob ?? NaN), expected.map(({ prob }) => prob)); // prettier-ignore
      expectClose(stretches.map(({ share }) => share), expected.map(({ share }) => share)); // prettier-ignore
    },
  );
});

test('neighbours with one answer are one stretch', () => {
  const stretch = (low: number, high: number, answer: number) => ({ low, high, answer, closed: [], prob: 1, share: 1 });
  const joined = joinStretches([stretch(0, 0.2, 1), stretch(0.2, 0.5, 1), stretch(0.5, 1, 0)]);
  expect(joined.map(({ low, high, answer }) => [low, high, answer])).toEqual([[0, 0.5, 1], [0.5, 1, 0]]); // prettier-ignore
});
