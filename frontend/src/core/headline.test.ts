import { expect, test } from 'vitest';
import { makeTrace } from '../testing/golden';
import { type AnswerPart, headline, isRight } from './headline';
import { type View, otherFlow, replay, tracedView } from './replay';
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

test('where no word reads, it says what the model answers with full context', () => {
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

test('a text that was written for another route is not shown as the text of this route', () => {
  const trace = makeTrace('written');
  const traced = tracedView(trace);
  const words = wordsOf(trace);
  const under = (view: View) => replay(trace, view);
  const [alone, always] = ['direct', 'merged'].map((policy) => under({ policy, theta: 0.5, overrides: new Map() }));
  const parts = (view: View, failed = false) => headline(trace, view, under(view), alone, always, words, failed);
  expect(parts(traced)).toContain('The model writes');
  expect(answersOf(parts(traced))[0].answer).toBe(`“${trace.written!.text}”`);
  const [t, flow] = [0, otherFlow(trace, under(traced).weights, 0)];
  const other = { ...traced, overrides: new Map([[t, flow]]) };
  expect(parts(other)).toContain('Rewriting …');
  expect(parts(other, true)).toContain('The text was not rewritten for this routing.');
  for (const shown of [parts(other), parts(other, true)]) expect(answersOf(shown)).toEqual([]);
});

test('an answer is marked right or wrong only where the example says what is right', () => {
  const { trace, outcome } = said('two flows', 'merged');
  expect(isRight(trace, outcome)).toBeNull();
  const answer = trace.nameOf(outcome.best);
  expect(isRight(Object.assign(trace, { right: [answer.toUpperCase()] }), outcome)).toBe(true);
  expect(isRight(Object.assign(trace, { right: ['something else'] }), outcome)).toBe(false);
});
