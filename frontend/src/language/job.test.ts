import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { onlyJob } from './job';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function make() {
  const sent: [id: string, name: string][] = [];
  const heard: unknown[] = [];
  const busy = vi.fn();
  const failed = vi.fn();
  const cancel = vi.fn();
  const job = onlyJob({ send: (id, name) => void sent.push([id, name]), cancel, busy, failed });
  return { job, sent, heard, busy, failed, cancel, hear: (payload: unknown) => void heard.push(payload) };
}

test('parts are heard until the job is done, and those of another job are not', () => {
  const { job, sent, heard, hear, busy } = make();
  job.start('write', {}, hear);
  const [[id]] = sent;
  job.arrived({ id: 'other', phase: 'routed' });
  job.arrived({ id, phase: 'routed' });
  expect(job.running).toBe(true);
  job.arrived({ id, phase: 'done' });
  expect(job.running).toBe(false);
  job.arrived({ id, phase: 'routed' });
  expect(heard).toHaveLength(2);
  expect(busy).toHaveBeenLastCalledWith(null, null);
});

test('a request that follows a cancel waits, for the framework would cancel it too', () => {
  const { job, sent, cancel, hear } = make();
  job.start('write', {}, hear);
  job.stop();
  job.start('read', {}, hear);
  expect(cancel).toHaveBeenCalledOnce();
  expect(sent).toHaveLength(1);
  vi.advanceTimersByTime(500);
  expect(sent.map(([, name]) => name)).toEqual(['write', 'read']);
});

test('an error ends the job in words, and so does a server that falls silent', () => {
  const { job, sent, failed, hear, cancel } = make();
  job.start('write', {}, hear);
  job.arrived({ id: sent[0][0], error: 'too long' });
  expect(failed).toHaveBeenCalledWith('too long');
  job.start('write', {}, hear);
  vi.advanceTimersByTime(130_000);
  expect(cancel).toHaveBeenCalledOnce();
  expect(failed).toHaveBeenCalledTimes(2);
  expect(job.running).toBe(false);
});

test('a model that is being loaded says how far it is', () => {
  const { job, sent, busy, hear } = make();
  job.start('write', {}, hear);
  job.arrived({ id: sent[0][0], phase: 'loading', loading: { share: 0.3, words: 'converting' } });
  expect(busy).toHaveBeenLastCalledWith('converting …', 0.3);
});
