/** What is on screen in Inspect. */
import type { TracePayload } from '../contracts';
import { type Outcome, replay } from '../core/replay';
import { type Trace, decode } from '../core/trace';
import { type Find, make, nameParts } from '../ui/dom';
import type { SelectedView } from './view_link';

/** The input on screen, what it is shown under, and what came of it. */
export interface Screen {
  payload: TracePayload;
  trace: Trace;
  view: SelectedView;
  outcome: Outcome;
  /** The direct flow alone, and reading always. */
  alone: Outcome;
  always: Outcome;
  /** The text could not be written anew for this route. */
  failed: boolean;
}

export function screenOf(payload: TracePayload): Screen {
  const trace = decode(payload);
  const view: SelectedView = {
    policy: trace.policy,
    theta: trace.threshold,
    overrides: new Map(trace.overrides),
    label: null,
    token: -1,
    ...trace.shown,
  };
  const under = (policy: string) => replay(trace, { ...view, policy, overrides: new Map() });
  const [alone, always] = [under('direct'), under('merged')];
  return { payload, trace, view, outcome: replay(trace, view), alone, always, failed: false };
}

/** Names, notes and classes of an input. */
export function dressRoot(root: HTMLElement, part: Find, trace: Trace): void {
  part('notes').replaceChildren(...trace.notes.map((note) => make('li', '', note)));
  nameParts(root, '[data-word=x]', trace.xName);
  nameParts(root, '[data-word=h]', trace.hName);
  root.dataset.readout = trace.readout;
  root.dataset.context = trace.contextKind;
  root.classList.toggle('no-context', !trace.S);
  root.classList.toggle('three-flows', trace.R === 3);
  part('made').textContent = trace.made;
}
