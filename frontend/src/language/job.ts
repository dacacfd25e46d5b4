/** One request at a time whose answer comes in parts; answers of an older one are not heard. */
import type { Failure } from '../page/component';
import { NO_ANSWER } from '../ui/patience';

const PATIENCE = 120_000; // ms without a word from the server
const AFTER_CANCEL = 400; // ms: the framework would take a request that follows a cancel at once along

interface Reported extends Failure {
  phase?: string;
  done?: boolean;
  passes?: number;
  loading?: { share: number; words: string } | null;
}

export interface Job {
  readonly running: boolean;
  start<Payload>(name: string, request: object, arrived: (payload: Payload) => void): void;
  stop(): void;
  arrived(result: Reported | null | undefined): void;
}

interface Around {
  send: (id: string, name: string, request: object) => void;
  cancel: () => void;
  /** words: null when nothing runs; share: null for an unknown one. */
  busy: (words: string | null, share: number | null) => void;
  failed: (words: string) => void;
}

const PHASES: Record<string, string> = {
  loading: 'Waiting for the server …',
  routed: 'Writing …',
  direct: 'Writing without the passage, to compare …',
  merged: 'Writing with the passage always read, to compare …',
};

export function onlyJob({ send, cancel, busy, failed }: Around): Job {
  let current: { id: string; hear: (payload: unknown) => void } | null = null;
  let count = 0;
  let timer: ReturnType<typeof setTimeout>;
  const end = () => {
    clearTimeout(timer);
    current = null;
    busy(null, null);
  };
  let cancelled = -AFTER_CANCEL;
  const leave = () => {
    cancelled = performance.now();
    cancel();
  };
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      leave();
      end();
      failed(NO_ANSWER);
    }, PATIENCE);
  };
  return {
    get running() {
      return current !== null;
    },
    start(name, request, hear) {
      if (current) leave();
      const id = `${++count}-${Math.random().toString(36).slice(2)}`;
      current = { id, hear: hear as (payload: unknown) => void };
      busy(PHASES.loading, null);
      const rest = cancelled + AFTER_CANCEL - performance.now();
      if (rest > 0) setTimeout(() => current?.id === id && send(id, name, request), rest);
      else send(id, name, request);
      wait();
    },
    stop() {
      if (!current) return;
      leave();
      end();
    },
    arrived(result) {
      if (!result || !current || result.id !== current.id) return;
      wait();
      if (result.error != null) {
        end();
        return failed(result.error);
      }
      const { hear } = current;
      if (result.phase === 'done' || result.done) end();
      else if (result.loading) busy(`${result.loading.words} …`, result.loading.share || null);
      else busy(result.phase ? PHASES[result.phase] : `Reading anew, ${result.passes ?? 0} times so far …`, null);
      if (result.phase === undefined ? result.done !== undefined : true) hear(result);
    },
  };
}
