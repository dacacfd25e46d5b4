import { expect, test } from 'vitest';
import { makeTrace } from '../testing/golden';
import { replay, tracedView } from './replay';
import { eachSpan, endsOf, joinTokens, spanScore, topSpans } from './spans';

test.each(['spans', 'spans, three flows', 'a passage of one word', 'spans of equal scores'])(
  'allowed spans of %s: all counted, probabilities add up to one, runners-up are the best',
  (name) => {
    const trace = makeTrace(name);
    const outcome = replay(trace, tracedView(trace));
    const scores: number[] = [];
    let sum = 0;
    eachSpan(trace, outcome.logits, (score, c) => {
      const [first, last] = endsOf(trace, c);
      expect(first <= last && last < first + trace.maxAnswer).toBe(true);
      scores.push(score);
      sum += trace.probOf(outcome, c);
    });
    expect(scores.length).toBe(trace.count);
    expect(sum).toBeCloseTo(1, 9);
    const best = scores.sort((a, b) => b - a).slice(0, 6);
    expect(topSpans(trace, outcome.logits, 6).map((c) => spanScore(trace, outcome.logits, c))).toEqual(best);
  },
);

test('a span is named by its characters, beyond U+FFFF as well', () => {
  const trace = makeTrace('spans');
  expect(trace.nameOf(0 * trace.T + 1)).toBe('\u{1f945} word1');
  expect(trace.targetName(2 * trace.T + 3)).toBe('2-3');
  expect(joinTokens(['up', '##turn', 'ends'])).toBe('upturn ends');
});
