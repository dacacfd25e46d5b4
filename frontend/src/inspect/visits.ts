/** What can be on screen: stored examples and own inputs. Asks the server, the newest wins, and keeps the history. */
import type { TaskChoice, TracePayload, ViewPayload } from '../contracts';
import { capital, withoutStop } from '../core/format';
import { openTab } from '../page/channels';
import type { Answer } from '../page/component';
import { requestQueue } from '../page/requests';

export interface ExampleVisit {
  kind: 'example';
  task: string;
  index: number;
}

/** An input; what it leaves out is as the checkpoint has it. */
export interface InputVisit {
  kind: 'view';
  checkpoint: string;
  x: string;
  h?: string;
  image?: string;
  policy?: string | null;
  threshold?: number | null;
  overrides?: [token: number, flow: string][] | null;
}

export type Visit = ExampleVisit | InputVisit;
export type Viewed = Answer<ViewPayload>;

interface Asked {
  visit: Visit;
  back: boolean;
}

export interface Visits {
  go(visit: Visit): void;
  arrived(answer: Viewed | null | undefined): void;
  /** What is on screen came otherwise: the history says what it is. */
  note(payload: TracePayload): void;
}

export interface VisitEvents {
  send(name: 'view' | 'example', request: object): void;
  /** Something was asked for. */
  asked(visit: Visit): void;
  /** address: of the entry that the visitor went back to. */
  show(answer: ViewPayload, address: URLSearchParams | null): void;
  failed(words: string, visit: Visit): void;
}

const PATIENCE = 60_000; // ms: a model that is not loaded yet takes long

/** The place of an example in the catalogue by the key of its trace; null for any other input. */
export function exampleOf(tasks: TaskChoice[], { key, checkpoint }: TracePayload): ExampleVisit | null {
  const task = tasks.find(({ routers }) => routers.some((router) => router.checkpoint === checkpoint));
  const index = task?.routers[0].checkpoint === checkpoint ? task.examples.findIndex((one) => one.key === key) : -1;
  return task && index >= 0 ? { kind: 'example', task: task.key, index } : null;
}

export function visits(tasks: TaskChoice[], saved: boolean, on: VisitEvents): Visits {
  let current = ''; // the visit on screen
  let asked: Asked | null = null;
  const fail = (error: string, { visit }: Asked) => {
    asked = null;
    on.failed(`${capital(withoutStop(error))}.`, visit);
  };
  const queue = requestQueue<Asked>(({ visit: { kind, ...request }, id }) => on.send(kind, { ...request, id }), fail, PATIENCE); // prettier-ignore
  const ask = (next: Asked) => {
    asked = next;
    on.asked(next.visit);
    if (!navigator.onLine) return fail('There is no connection, so what is on screen stays', next);
    queue.ask(next);
  };
  const note = (payload: TracePayload) => {
    const { checkpoint, x, h, image } = payload;
    const visit: Visit = exampleOf(tasks, payload) ?? { kind: 'view', checkpoint, x, h, image };
    current = JSON.stringify(visit);
    if (!saved) keep(visit);
  };
  if (!saved)
    addEventListener('popstate', ({ state }) => {
      const visit = (state as { dualroute?: Visit } | null)?.dualroute;
      const address = new URL(location.href).searchParams;
      openTab(capital(address.get('tab') ?? 'inspect'));
      if (visit && JSON.stringify(visit) !== current) ask({ visit, back: true });
    });
  return {
    go: (visit) => ask({ visit, back: false }),
    arrived(answer) {
      if (!answer || !queue.accepts(answer) || answer.error != null || !asked) return;
      const { back } = asked;
      asked = null;
      if (!back) history.pushState(history.state, '', location.href);
      on.show(answer, back ? new URL(location.href).searchParams : null);
    },
    note,
  };
}

/** The state of an entry may be too large for a browser to keep; then the address alone says what it was. */
function keep(visit: Visit): void {
  try {
    history.replaceState({ ...(history.state as object | null), dualroute: visit }, '');
  } catch {
    history.replaceState(null, '');
  }
}
