/** What the other tabs may know of Inspect: the view on screen there. The only place that knows where it stands. */
import type { AttributionPayload } from '../contracts';
import type { Outcome, View } from '../core/replay';
import type { Trace } from '../core/trace';
import type { Pin } from './channels';
import type { ViewLink } from './link';

/** The view on screen. overrides: pairs, so that it can leave the page. */
export interface Inspected {
  view: Omit<View, 'overrides'> & { label: number | null; token: number; overrides: [number, number][] };
  outcome: Outcome | null;
  payload: Trace | null;
  attribution: AttributionPayload | null;
  /** Outcomes of the direct flow alone and of reading always. */
  alone: Outcome | null;
  always: Outcome | null;
}

/** What the inspector's node offers other tabs, tests and the browser's console. */
export interface InspectorNode extends HTMLElement {
  inspect?: () => Inspected;
  /** What a pin keeps: the payload as it came, with what was last written, and the decision on screen. */
  pin?: () => Pin;
  /** null while nothing is on screen. */
  viewLink?: () => ViewLink | null;
  /** The outcome of the view with something changed. */
  whatIf?: (changes: Partial<View>) => Outcome;
}

export const inspectorNode = (): InspectorNode | null => document.querySelector('#inspector .dr');

/** Whether Inspect still waits for what a link or a reload brings. */
export const isOpening = (): boolean => !!inspectorNode()?.classList.contains('dr-opening');

/** Another input is on screen in Inspect. */
export function onNewInput(run: () => void): void {
  const inspector = inspectorNode();
  if (inspector) new MutationObserver(run).observe(inspector, { attributes: true, attributeFilter: ['data-ready'] });
}

/** The view on screen, with its decision as a `View`; null while there is none. */
export interface Subject {
  trace: Trace;
  view: View & { label: number | null; token: number };
  outcome: Outcome;
  attribution: AttributionPayload | null;
  alone: Outcome;
  always: Outcome;
}

export function onScreen(): Subject | null {
  const inspected = inspectorNode()?.inspect?.();
  if (!inspected?.payload || !inspected.outcome || !inspected.alone || !inspected.always) return null;
  const { payload: trace, outcome, attribution, alone, always } = inspected;
  const view = { ...inspected.view, overrides: new Map(inspected.view.overrides) };
  return { trace, view, outcome, attribution, alone, always };
}

/** The pin of what is on screen; null while nothing is. */
export const pinOnScreen = (): Pin | null => (onScreen() ? (inspectorNode()?.pin?.() ?? null) : null);

/** The part of a request that says of what: an input and the decision about it. */
export const requestOf = (
  trace: Trace,
  view: View,
): {
  checkpoint: string;
  x: string;
  h: string;
  image: string;
  policy: string;
  threshold: number;
  overrides: [number, string][];
} => ({
  checkpoint: trace.checkpoint,
  x: trace.x,
  h: trace.h,
  image: trace.image || '',
  policy: view.policy,
  threshold: view.theta,
  overrides: [...view.overrides].map(([t, flow]) => [t, trace.flows[flow]]),
});
