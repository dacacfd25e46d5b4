import { expect, test } from 'vitest';
import { type Case, golden, makeTrace, named, viewOf } from '../testing/golden';
import { flowLinks } from './flow_links';
import { replay } from './replay';

interface Flow extends Case {
  ribbons: [string, string, boolean, number][];
}

const flows = golden<Flow[]>('flow');

test.each(flows.map((flow) => [named(flow), flow] as const))('ribbons: %s', (_, flow) => {
  const trace = makeTrace(flow.trace);
  const outcome = replay(trace, viewOf(flow));
  const links = flowLinks(trace, outcome, outcome.best);
  const values = new Map(
    links.map(({ source, target, positive, value }) => [`${source} ${target} ${positive}`, value]),
  );
  expect(values.size).toBe(links.length);
  expect([...values.keys()].sort()).toEqual(flow.ribbons.map((ribbon) => ribbon.slice(0, 3).join(' ')).sort());
  for (const [source, target, positive, value] of flow.ribbons)
    expect(values.get(`${source} ${target} ${positive}`)).toBeCloseTo(value, 6);
});

test('small tokens of long inputs are put together', () => {
  const trace = makeTrace('many tokens');
  const outcome = replay(trace, { policy: 'merged', theta: 0, overrides: new Map() });
  const sources = new Set(flowLinks(trace, outcome, 0).map(({ source }) => source));
  expect(sources).toContain('c+');
  expect(sources).toContain('t+');
});
