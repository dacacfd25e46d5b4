/** What can be on screen: stored examples and own inputs. Asks the server, the newest wins, and keeps the history. */
import type { TaskChoice, TracePayload, ViewPayload } from '../contracts';
import { capital, withoutStop } from '../core/format';
import { openTab } from '../page/channels';
import type { Answer } from '../page/component';
import { type Entry, type ExampleVisit, type Visit, addEntry, addressTab, currentEntry, followTabs, keepInEntry } from '../page/history'; // prettier-ignore
import { requestQueue } from '../page/requests';

export type Viewed = Answer<ViewPayload>;

interface Asked {
  visit: Visit;
  /** The entry of the history that it belongs to; null: a new one. */
  entry: Entry | null;
}

export interface Visits {
  go(visit: Visit): void;
  /** What belongs to the entry of the history that is open: it needs no other. */
  open(entry: Entry & { visit: Visit }): void;
  arrived(answer: Viewed | null | undefined): void;
  /** What is on screen came otherwise, null: nothing is; the history says so. */
  note(payload: TracePayload | null): void;
}

export interface VisitEvents {
  send(name: 'view' | 'example', request: object): void;
  /** Something was asked for; null: nobody waits for it any more. */
  asked(visit: Visit | null): void;
  /** entry: what it was shown under before. */
  show(answer: ViewPayload, entry: Entry | null): void;
  /** The visitor went back or forward to another entry with what is on screen. */
  stays(): void;
  failed(words: string, visit: Visit): void;
}

const PATIENCE = 60_000; // ms: a model that is not loaded yet takes long

/** The place of an example in the catalogue by the key of its trace; null for any other input. */
export function exampleOf(tasks: TaskChoice[], { key, checkpoint }: TracePayload): ExampleVisit | null {
  const task = tasks.find(({ routers }) => routers.some((router) => router.checkpoint === checkpoint));
  const index = task?.routers[0].checkpoint === checkpoint ? task.examples.findIndex((one) => one.key === key) : -1;
  return task && index >= 0 ? { kind: 'example', task: task.key, index } : null;
}

const inputOf = ({ checkpoint, x, h, image }: TracePayload): Visit => ({ kind: 'view', checkpoint, x, h, image });

export function visits(tasks: TaskChoice[], saved: boolean, on: VisitEvents): Visits {
  let current = ''; // the visit on screen
  let asked: Asked | null = null;
  const fail = (error: string, { visit }: Asked) => {
    if (!asked) return; // nobody waits for it any more
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
  const open = (entry: Entry & { visit: Visit }) => {
    const { visit, decision } = entry;
    ask({ visit: visit.kind === 'view' ? { ...visit, ...decision } : visit, entry });
  };
  const popped = () => {
    if (asked) on.asked(null);
    asked = null;
    openTab(capital(addressTab()));
    const entry = currentEntry();
    if (!entry) return;
    if (entry.visit && JSON.stringify(entry.visit) !== current) open({ ...entry, visit: entry.visit });
    else on.stays();
  };
  if (!saved) {
    addEventListener('popstate', popped);
    followTabs();
  }
  return {
    go: (visit) => ask({ visit, entry: null }),
    open,
    arrived(answer) {
      if (!answer || !queue.accepts(answer) || answer.error != null || !asked) return;
      const { entry } = asked;
      asked = null;
      if (!entry) addEntry();
      on.show(answer, entry);
    },
    note(payload) {
      const visit = payload && (exampleOf(tasks, payload) ?? inputOf(payload));
      current = JSON.stringify(visit);
      if (!saved) keepInEntry({ visit });
    },
  };
}
