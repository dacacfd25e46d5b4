/** Connects what a visitor chooses or types with the inspector: one request at a time, the newest wins. */
import type { AttributionPayload, TaskChoice, TracePayload } from '../contracts';
import { decode } from '../core/trace';
import { requestedView } from '../page/channels';
import { type Find, setText } from '../ui/dom';
import { chooser } from './chooser';
import { editor } from './editor';
import type { Screen } from './screen';
import { type Viewed, type Visit, exampleOf, visits } from './visits';

export interface ChoiceEvents {
  show(payload: TracePayload, attribution: AttributionPayload | null): void;
  send(name: string, request: object): void;
  screen(): Screen | null;
}

export interface Choices {
  go(visit: Visit): void;
  arrived(answer: Viewed | null | undefined): void;
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
      busy(true);
      say('');
      list.asked(visit);
    },
    show({ payload, attribution }, address) {
      busy(false);
      on.show(address ? decided(payload, address) : payload, attribution);
    },
    failed(words, visit) {
      busy(false);
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
        list.asked({ kind: 'example', task: tasks[0].key, index: -1 });
        return fields.begin(tasks[0]);
      }
      list.follow(payload);
      fields.follow(payload, list.task());
      typed.note(payload);
    },
  };
}

/** The decision that stands in an address, where it fits; a text that is written belongs to its own. */
function decided(payload: TracePayload, address: URLSearchParams): TracePayload {
  if (payload.written) return payload;
  const flips = (address.get('flips') ?? '').split(',').filter(Boolean);
  const overrides = flips.map((flip): [number, string] => {
    const [t, flow] = flip.split(':');
    return [Number(t), flow];
  });
  const theta = address.get('theta');
  const view = requestedView(decode(payload), {
    ...payload,
    policy: address.get('policy'),
    threshold: theta === null ? null : Number(theta),
    overrides,
  });
  if (!view) return payload;
  return { ...payload, policy: view.policy, threshold: view.theta, overrides: [...view.overrides] };
}

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
