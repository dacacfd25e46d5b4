/** One request at a time; of those made meanwhile the newest comes next and the others are dropped. */
import type { Failure } from './component';

const PATIENCE = 120_000; // ms after which a request is given up, so that nothing waits for ever

export interface RequestQueue<Request> {
  ask(request: Request): void;
  /** Whether `answer` is the newest that was asked for. It may come late, when it had already been given up. */
  accepts(answer: Failure): boolean;
}

type Numbered<Request> = Request & { id: number };

export function requestQueue<Request extends object>(
  send: (request: Numbered<Request>) => void,
  failed: (error: string, request: Numbered<Request>) => void,
  patience = PATIENCE,
): RequestQueue<Request> {
  let current: Numbered<Request> | null = null;
  let next: Request | null = null;
  let timer: ReturnType<typeof setTimeout>;
  let count = 0;
  const start = (request: Request) => {
    const numbered = { ...request, id: ++count };
    current = numbered;
    timer = setTimeout(() => settle(numbered, 'No answer came from the server'), patience);
    send(numbered);
  };
  const settle = (request: Numbered<Request>, error?: string) => {
    clearTimeout(timer);
    current = null;
    const waiting = next;
    next = null;
    if (waiting) start(waiting);
    else if (error) failed(error, request);
  };
  return {
    ask(request) {
      if (current) next = request;
      else start(request);
    },
    accepts({ id, error }) {
      if (id !== count) return false;
      const newest = !next;
      if (current) settle(current, error);
      return newest && !error;
    },
  };
}
