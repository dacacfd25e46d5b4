import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { requestQueue } from './requests';

interface Request {
  x: string;
}

function makeQueue(patience?: number) {
  const sent: (Request & { id: number })[] = [];
  const failures: [string, string][] = [];
  const queue = requestQueue<Request>(
    (request) => sent.push(request),
    (error, { x }) => failures.push([error, x]),
    patience,
  );
  return { queue, sent, failures };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('one request at a time', () => {
  test('of the requests that wait, the newest is sent next', () => {
    const { queue, sent } = makeQueue();
    for (const x of ['a', 'b', 'c']) queue.ask({ x });
    expect(sent.map(({ x }) => x)).toEqual(['a']);
    expect(queue.accepts({ id: 1 })).toBe(false); // c is newer
    expect(sent.map(({ x }) => x)).toEqual(['a', 'c']);
    expect(queue.accepts({ id: 2 })).toBe(true);
  });

  test('an answer that nobody waits for is dropped', () => {
    const { queue } = makeQueue();
    expect(queue.accepts({ id: 7 })).toBe(false);
    expect(queue.accepts({})).toBe(false);
  });

  test('an error is reported once, unless a newer request waits', () => {
    const { queue, failures } = makeQueue();
    queue.ask({ x: 'a' });
    queue.ask({ x: 'b' });
    queue.accepts({ id: 1, error: 'no' });
    queue.accepts({ id: 2, error: 'no, too' });
    expect(failures).toEqual([['no, too', 'b']]);
  });

  test('a request without an answer is given up, and a late answer is still used', () => {
    const { queue, failures } = makeQueue(50);
    queue.ask({ x: 'a' });
    vi.advanceTimersByTime(60);
    expect(failures).toEqual([['No answer came from the server', 'a']]);
    expect(queue.accepts({ id: 1 })).toBe(true);
  });
});
