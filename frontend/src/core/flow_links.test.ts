import { expect, test } from 'vitest';
import { type Case, golden, makeTrace, named, viewOf } from '../testing/golden';
import { flowOf } from './flow_links';
import { replay } from './replay';

interface Flow extends Case {
  ribbons: [string, string, boolean, number][];
}

const flows = golden<Flow[]>('flow');

test.each(flows.map((flow) => [named(flow), flow] as const))('ribbons: %s', (_, flow) => {
  const trace = makeTrace(flow.trace);
  const outcome = replay(trace, viewOf(flow));
  const { links, up, down } = flowOf(trace, outcome, outcome.best);
  const values = new Map(
    links.map(({ source, target, positive, value }) => [`${source} ${target} ${positive}`, value]),
  );
  expect(values.size).toBe(links.length);
  expect([...values.keys()].sort()).toEqual(flow.ribbons.map((ribbon) => ribbon.slice(0, 3).join(' ')).sort());
  for (const [source, target, positive, value] of flow.ribbons)
    expect(values.get(`${source} ${target} ${positive}`)).toBeCloseTo(value, 6);
  expect(trace.biasOf(outcome.best) + up - down).toBeCloseTo(trace.scoreOf(outcome, outcome.best), 6);
});

test('the smallest tokens of long inputs are joined into one node', () => {
  const trace = makeTrace('many tokens');
  const outcome = replay(trace, { policy: 'merged', theta: 0, overrides: new Map() });
  const { links, joined } = flowOf(trace, outcome, 0);
  const sources = new Set(links.map(({ source }) => source));
  expect(sources).toContain('c+');
  expect(sources).toContain('t+');
  const own = (prefix: string) => [...sources].filter((id) => id.startsWith(prefix) && !id.endsWith('+')).length;
  const words = (tokens: string[]) => tokens.filter((token, i) => !i || !token.startsWith('##')).length;
  expect(own('t') + joined['t+']).toBe(words(trace.tokens));
  expect(own('c') + joined['c+']).toBe(words(trace.contextTokens));
});
