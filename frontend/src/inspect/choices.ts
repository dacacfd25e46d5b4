/** Connects what a visitor chooses or types with the inspector: one request at a time, the newest wins. */
import type { AttributionPayload, TaskChoice, TracePayload } from '../contracts';
import type { View } from '../core/replay';
import { decode } from '../core/trace';
import { requestedView } from '../page/channels';
import type { Entry, Visit } from '../page/history';
import { type Find, setText } from '../ui/dom';
import { chooser } from './chooser';
import { editor } from './editor';
import type { Screen } from './screen';
import { type Viewed, exampleOf, visits } from './visits';

export interface ChoiceEvents {
  show(payload: TracePayload, attribution: AttributionPayload | null): void;
  send(name: string, request: object): void;
  /** Another decision for what is on screen. */
  decide(view: View): void;
  /** The history shall say what is on screen. */
  remember(): void;
  /** Nothing came, and nothing is on screen. */
  nothing(): void;
  screen(): Screen | null;
}

export interface Choices {
  go(visit: Visit): void;
  /** What belongs to the open entry of the history. */
  open(entry: Entry & { visit: Visit }): void;
  arrived(answer: Viewed | null | undefined): void;
  /** What was typed before a reload; returns whether there was anything. */
  restore(): boolean;
  isOwn(): boolean;
  say(words: string): void;
  /** Fill in what the catalogue knows of an input. */
  complete(payload: TracePayload): void;
  /** An input came on screen; null: there is none yet. */
  follow(payload: TracePayload | null): void;
}

export function choices(part: Find, tasks: TaskChoice[], saved: boolean, on: ChoiceEvents): Choices {
  const status = part('status');
  const root = part('first').parentElement!;
  const say = (words: string) => {
    setText(status, words);
    status.hidden = !words;
  };
  const busy = (working: boolean) => {
    root.classList.toggle('dr-busy', working);
    root.setAttribute('aria-busy', String(working));
    fields.busy(working);
  };
  const checkpoint = () => on.screen()?.trace.checkpoint ?? list.task()?.routers[0].checkpoint ?? '';
  const typed = visits(tasks, saved, {
    send: (name, request) => on.send(name, request),
    asked(visit) {
      busy(!!visit);
      say('');
      if (visit) return list.asked(visit);
      const payload = on.screen()?.payload;
      if (payload) list.follow(payload);
    },
    show({ payload, attribution }, entry) {
      busy(false);
      const view = entry?.decision && requestedView(decode(payload), entry.decision);
      // A text that is written belongs to its own decision; for another one it is written anew.
      const later = view && payload.written ? view : null;
      on.show(view && !later ? under(payload, view, entry) : payload, attribution);
      if (later) on.decide(later);
    },
    stays: () => on.remember(),
    failed(words, visit) {
      busy(false);
      if (!on.screen()) {
        on.nothing();
        if (visit.kind === 'view') fields.restore({ x: visit.x, h: visit.h ?? '', image: visit.image ?? '' });
      }
      const payload = on.screen()?.payload;
      if (payload) list.follow(payload); // what was chosen did not come: the choices are of what is on screen
      if (visit.kind === 'view' && part<HTMLDetailsElement>('edit').open) fields.say(words);
      else say(words);
    },
  });
  const list = chooser(part, tasks, {
    go: (visit) => typed.go(visit),
    reroute(other) {
      const trace = on.screen()?.trace;
      if (trace) typed.go({ kind: 'view', checkpoint: other, x: trace.x, h: trace.h, image: trace.image });
    },
  });
  const fields = editor(part, (input) => typed.go({ ...input, checkpoint: checkpoint() }));
  return {
    go: (visit) => typed.go(visit),
    open: (entry) => typed.open(entry),
    say,
    restore: () => fields.restore(),
    isOwn: () => list.isOwn(),
    arrived: (answer) => typed.arrived(answer),
    complete(payload) {
      const found = exampleOf(tasks, payload);
      const task = tasks.find(({ routers }) => routers.some((router) => router.checkpoint === payload.checkpoint));
      const router = task?.routers.find((one) => one.checkpoint === payload.checkpoint);
      if (router) payload.standard = router.threshold;
      const right = found && task?.examples[found.index].right;
      if (right?.length) payload.right = right;
    },
    follow(payload) {
      say('');
      if (!payload) {
        if (!tasks.length) return;
        typed.note(null);
        list.asked({ kind: 'example', task: tasks[0].key, index: -1 });
        return fields.begin(tasks[0]);
      }
      list.follow(payload);
      fields.follow(payload, list.task());
      typed.note(payload);
    },
  };
}

/** A payload that opens with a decision, and with what was selected in it. */
const under = (payload: TracePayload, { policy, theta, overrides }: View, { shown }: Entry): TracePayload => ({
  ...payload,
  policy,
  threshold: theta,
  overrides: [...overrides],
  shown: shown ?? payload.shown,
});

const DETAILS = 'dualroute-details';

/** Whether the details are open, kept where the browser allows it. */
export function rememberDetails(node: HTMLDetailsElement): void {
  try {
    node.open = localStorage.getItem(DETAILS) !== 'closed';
    node.addEventListener('toggle', () => localStorage.setItem(DETAILS, node.open ? 'open' : 'closed'));
  } catch {
    node.open = true; // a file in a frame may keep nothing
  }
}
