import { expect, test } from 'vitest';
import { makeTrace } from '../testing/golden';
import { type AnswerPart, headline, isRight } from './headline';
import { replay } from './replay';
import { wordsOf } from './words';

const said = (name: string, policy: string, overrides = new Map<number, number>()) => {
  const trace = makeTrace(name);
  const under = (rule: string, flips = new Map<number, number>()) =>
    replay(trace, { policy: rule, theta: 0.5, overrides: flips });
  const view = { policy, theta: 0.5, overrides };
  const parts = headline(trace, view, under(policy, overrides), under('direct'), under('merged'), wordsOf(trace));
  return { trace, parts, outcome: under(policy, overrides) };
};
const answersOf = (parts: ReturnType<typeof headline>) =>
  parts.filter((part): part is AnswerPart => typeof part !== 'string');

test('it says who read, what the model says, and what it would say without', () => {
  const { trace, parts } = said('two flows', 'merged');
  expect(parts[0]).toBe(`Every word read the ${trace.hName}.`);
  const [own, other] = answersOf(parts);
  expect(own).toMatchObject({ own: true, answer: trace.nameOf(said('two flows', 'merged').outcome.best) });
  expect(other).toMatchObject({ own: false, answer: trace.nameOf(said('two flows', 'direct').outcome.best) });
});

test('where no word reads, it says what reading everything would do', () => {
  const { trace, parts } = said('two flows', 'direct');
  expect(parts[0]).toBe(`No word read the ${trace.hName}.`);
  expect(parts).toContain('With full context:');
});

test('a word that reads alone is named, with all its pieces', () => {
  const trace = makeTrace('two flows');
  const [word] = wordsOf(trace);
  const flips = new Map(Array.from({ length: word.to - word.from }, (_, i) => [word.from + i, trace.R - 1]));
  const { parts } = said('two flows', 'direct', flips);
  expect(parts[0]).toBe(`Only “${word.text}” read the ${trace.hName}.`);
  expect(parts).toContain('(1 word flipped)');
});

test('a flip that the rule makes anyway has no effect, and the sentence says so', () => {
  const [word, other] = wordsOf(makeTrace('two flows'));
  const flips = new Map([[word.from, 0]]);
  expect(said('two flows', 'direct', flips).parts).toContain('(1 word flipped, without effect)');
  flips.set(other.from, 1);
  expect(said('two flows', 'direct', flips).parts).toContain('(2 words flipped, 1 without effect)');
});

test('without a context there is nothing to compare', () => {
  const { trace, parts } = said('no context', 'threshold');
  expect(parts[0]).toBe(`There is no ${trace.hName}, so nothing could be read.`);
  expect(answersOf(parts)).toHaveLength(1);
});

test('only an example that says so is right or wrong', () => {
  const { trace, outcome } = said('two flows', 'merged');
  expect(isRight(trace, outcome)).toBeNull();
  const answer = trace.nameOf(outcome.best);
  expect(isRight(Object.assign(trace, { right: [answer.toUpperCase()] }), outcome)).toBe(true);
  expect(isRight(Object.assign(trace, { right: ['something else'] }), outcome)).toBe(false);
});
