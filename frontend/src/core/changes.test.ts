import { describe, expect, test } from 'vitest';
import { type Case, golden, makeTrace, named, viewOf } from '../testing/golden';
import { quantile } from './arrays';
import { type Chance, chanceWords, randomFlips, randomUnread } from './chance';
import { smallestChange } from './smallest';

interface Golden {
  smallest: (Case & { flips: [number, number][] | null })[];
  controls: {
    trace: string;
    kind: 'flips' | 'unread';
    effect: number;
    mean: number;
    share: number;
    size: number;
    choices: number;
    error: number;
  }[];
}

const data = golden<Golden>('changes');
const merged = () => ({ policy: 'merged', theta: 0.5, overrides: new Map<number, number>() });

describe('the smallest change', () => {
  test.each(data.smallest.map((given) => [named(given), given] as const))('%s', (_, given) => {
    const change = smallestChange(makeTrace(given.trace), viewOf(given));
    expect(change && [...change.flips].sort(([a], [b]) => a - b)).toEqual(given.flips);
    if (change) expect(change.after.best).not.toBe(change.before.best);
  });
});

describe('random interventions: other draws, the same distribution', () => {
  test.each(data.controls.map((given) => [given.trace, given.kind, given] as const))(
    '%s, %s',
    (name, kind, expected) => {
      const trace = makeTrace(name);
      const flips: [number, number][] = [[0, 0], [1, 0], [2, 0]]; // prettier-ignore
      const chance =
        kind === 'flips' ? randomFlips(trace, merged(), flips, 2000) : randomUnread(trace, merged(), [0, 1], 2000);
      expect(chance).not.toBeNull();
      const { effect, mean, share, size, choices, draws, low, high } = chance!;
      expect([size, choices]).toEqual([expected.size, expected.choices]);
      expect(effect).toBeCloseTo(expected.effect, 9);
      expect(Math.abs(mean - expected.mean)).toBeLessThan(expected.error);
      expect(Math.abs(share - expected.share)).toBeLessThan(0.08);
      const sorted = [...draws].sort((a, b) => a - b);
      expect([low, high]).toEqual([quantile(sorted, 0.025), quantile(sorted, 0.975)]);
    },
  );
});

test('without an effect there is nothing to compare', () => {
  const trace = makeTrace('two flows');
  expect(randomFlips(trace, merged(), [[0, 1]])).toBeNull();
  expect(randomUnread(trace, merged(), [])).toBeNull();
});

test('an effect is reported with that of random sets', () => {
  const chance: Chance = {
    effect: -0.2,
    draws: Array<number>(1000).fill(0),
    mean: 0.001,
    low: -0.1,
    high: 0.1,
    share: 0,
    size: 2,
    choices: 5,
    complete: false,
  };
  expect(chanceWords(chance, 'Sports')).toBe(
    'It moves the probability of Sports by −20.0 points. As many at random (2 of 5, 1,000 draws): +0.1 points on ' +
      'average, 95% of the draws between −10.0 points and +10.0 points; none of the 1,000 moves it as far.',
  );
  expect(chanceWords({ ...chance, size: 5 }, 'Sports')).toContain('no other set of 5 tokens to draw');
});
