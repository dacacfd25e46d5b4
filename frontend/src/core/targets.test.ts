import { describe, expect, test } from 'vitest';
import { makeTrace } from '../testing/golden';
import { sumOf } from './arrays';
import { replay, tracedView } from './replay';
import { exactParts, targetKinds, targetName, targetParts, targetWords } from './targets';

const outcomeOf = (trace: ReturnType<typeof makeTrace>) => replay(trace, tracedView(trace));

describe('exact contributions', () => {
  test.each(['two flows', 'three flows', 'spans', 'no context', 'shipped'])('of %s add up to the score', (name) => {
    const trace = makeTrace(name);
    const outcome = outcomeOf(trace);
    const parts = exactParts(trace, outcome, `prediction:${trace.targetName(outcome.best)}`)!;
    const sum = sumOf(parts.scores) + sumOf(parts.contextScores);
    expect(sum + trace.biasOf(outcome.best)).toBeCloseTo(trace.scoreOf(outcome, outcome.best), 6);
  });

  test('of a margin are the difference of two answers', () => {
    const trace = makeTrace('two flows');
    const outcome = outcomeOf(trace);
    const [a, b, margin] = ['prediction:A', 'prediction:B', 'margin:A|B'].map((target) =>
      exactParts(trace, outcome, target)!,
    );
    margin.scores.forEach((score, t) => expect(score).toBeCloseTo(a.scores[t] - b.scores[t], 9));
  });

  test('of the effect of the context are the differences to reading nothing', () => {
    const trace = makeTrace('two flows');
    const outcome = outcomeOf(trace);
    const direct = replay(trace, { ...tracedView(trace), policy: 'direct' });
    const parts = exactParts(trace, outcome, 'effect:B')!;
    expect(sumOf(parts.scores) + sumOf(parts.contextScores)).toBeCloseTo(outcome.logits[1] - direct.logits[1], 6);
  });

  test('do not exist for gates, written texts and unknown answers', () => {
    const trace = makeTrace('two flows');
    expect(exactParts(trace, outcomeOf(trace), 'gate')).toBeNull();
    expect(exactParts(trace, outcomeOf(trace), 'prediction:no such label')).toBeNull();
    const written = makeTrace('written');
    expect(exactParts(written, outcomeOf(written), 'prediction')).toBeNull();
  });
});

describe('names of targets', () => {
  test.each([
    ['two flows', ['prediction:B', 'margin:A|C', 'effect:C', 'gate', 'gate:3', 'gate:1-4']],
    ['spans', ['prediction:2-3', 'margin', 'effect:2-3', 'start:4', 'end:5', 'gate:0']],
    ['written', ['prediction', 'prediction:step:2', 'effect']],
  ])('%s: from a name to fields and back', (name, targets) => {
    const trace = makeTrace(name);
    for (const target of targets) {
      const { kind, fields } = targetParts(trace, target);
      expect(targetKinds(trace).map(([known]) => known)).toContain(kind);
      expect(targetName(trace, kind, fields)).toBe(target);
    }
  });

  test('a label may contain the bar that separates two labels', () => {
    const trace = makeTrace('two flows');
    trace.labels = ['A|B', 'A', 'C'];
    expect(targetParts(trace, 'margin:A|B|C').fields).toEqual({ label: 'A|B', other: 'C' });
  });

  test('are shown in words', () => {
    const trace = makeTrace('two flows');
    expect(targetWords(trace, 'gate')).toBe('mean gate');
    expect(targetWords(trace, 'gate:1-3')).toBe('gates of “x1” to “x3”');
    expect(targetWords(trace, 'effect:A')).toBe('context’s effect on A');
    expect(targetWords(trace, 'margin:A|B')).toBe('A − B');
    expect(targetWords(makeTrace('spans'), 'start:2')).toBe('score to start at “word2”');
  });
});
