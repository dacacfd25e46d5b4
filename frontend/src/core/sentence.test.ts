import { describe, expect, test } from 'vitest';
import { makeTrace } from '../testing/golden';
import { clip, quote } from './format';
import { replay, tracedView } from './replay';
import { listed, sentence, tokenWords } from './sentence';

function wordsOf(name: string, policy = 'threshold', overrides = new Map<number, number>()) {
  const trace = makeTrace(name);
  const view = { ...tracedView(trace), policy, overrides };
  const by = (flow: string) => replay(trace, { ...view, policy: flow, overrides: new Map() });
  return sentence(trace, view, replay(trace, view), by('direct'), by('merged'));
}

describe('what happened to an input', () => {
  test('says how many tokens read, and what the answer is without the context', () => {
    expect(wordsOf('two flows')).toMatch(/^\d of 9 tokens read the context\. The model says [ABC] \(>?\d+%\)[;.]/);
    expect(wordsOf('two flows', 'direct')).toMatch(/^No token read the context\./);
    expect(wordsOf('two flows', 'soft')).toContain('9 of 9 tokens read the context, each in part.');
    expect(wordsOf('two flows', 'merged', new Map([[0, 0]]))).toMatch(/1 token flipped\.$/);
    expect(wordsOf('two flows', 'direct', new Map([[0, 0]]))).toMatch(/1 token flipped, without effect\.$/);
    const two = new Map([[0, 0], [1, 1]]); // prettier-ignore
    expect(wordsOf('two flows', 'direct', two)).toMatch(/2 tokens flipped, 1 without effect\.$/);
    expect(wordsOf('no context')).toContain('There is no context, so nothing could be read.');
  });

  test('quotes a span and a written text', () => {
    expect(wordsOf('spans')).toMatch(/The model says “[^”]+” \(/);
    expect(wordsOf('written')).toContain(
      'The model writes “small upturn ends”; without the words that follow, “small rise”.',
    );
  });

  test('reports the numbers of one token', () => {
    const trace = makeTrace('two flows');
    const view = { ...tracedView(trace), overrides: new Map([[2, 1]]) };
    const words = tokenWords(trace, view, replay(trace, view), 2, 0);
    expect(words).toMatch(
      /^gate 0\.\d{3} → merged, flipped\. For A: [+−]\d\.\d\d by itself, [+−]\d\.\d\d from the context\./,
    );
    expect(words).toContain('It looks at “h0” 20%');
  });
});

test('names are clipped and quoted', () => {
  expect(clip('abcdef', 4)).toBe('abc…');
  expect(quote('##turn')).toBe('“·turn”');
  expect(listed(['a'])).toBe('‘a’');
  expect(listed(['a', 'b', 'c'])).toBe('‘a’, ‘b’ and ‘c’');
  expect(listed(['a', 'b', 'c', 'd'])).toBe('‘a’, ‘b’ and 2 others');
});
