/**
 * How the tabs talk: by events on `document`.
 *
 * A tab is built when it is first opened: what nobody has heard yet waits for the first who listens.
 */
import type {
  AttributionPayload,
  LanguagePayload,
  LinkedAttribution,
  LinkedPair,
  LinkedRows,
  TracePayload,
} from '../contracts';
import { isTheta } from '../core/policies';
import type { View } from '../core/replay';
import type { Trace } from '../core/trace';
import { TABS } from './history';
import type { KeptViews } from './kept_views';

/** A decision as requests carry it; what it leaves out is as the input is traced. */
export interface Decided {
  policy?: string | null;
  threshold?: number | null;
  overrides?: [token: number, flow: string][] | null;
}

/** An input and a decision that another tab wants to see. */
export interface OpenRequest extends Decided {
  checkpoint: string;
  x: string;
  h?: string;
  image?: string;
}

/** A view that is kept: the payload as it came, and the decision on screen. */
export interface Pin {
  payload: TracePayload;
  view: {
    policy: string;
    theta: number;
    overrides: [token: number, flow: number][];
    ignored?: number[];
  };
}

/** An answer of a language model that is kept, and the decision on screen. */
export interface LanguagePin {
  payload: LanguagePayload;
  view: { policy: string; theta: number; overrides: [token: number, flow: number][] };
}

export interface Channels {
  /** Show it in Inspect. */
  open: OpenRequest;
  /** Keep it for comparison. */
  pin: Pin;
  /** Another decision for what is on screen in Inspect. */
  theta: { theta: number; policy?: string };
  /** Keep it for comparison. */
  'language-pin': LanguagePin;
  /** Another θ for the answer on screen in Language model, where it is of this gate. */
  'language-theta': { theta: number; gate: string };
  /** What a reload left of the views in Compare. */
  kept: KeptViews & { reloaded: boolean };
  /** Two views and their comparison as one file. */
  save: { pins: Pin[]; button: HTMLButtonElement };
  /** An attribution as Inspect's panel has it, to go with saved views. */
  attributed: AttributionPayload;
  /** What the address says of Attribute, Thresholds and Compare, checked. */
  'link-asked': LinkedAttribution;
  'link-rows': LinkedRows;
  'link-pair': LinkedPair;
  /** What else of the address could not be used, in words. */
  'link-unused': { notes: string[] };
}

const MOST_WAITING = 50;
const waiting: [name: keyof Channels, message: unknown][] = []; // of the whole page

export function publish<Name extends keyof Channels>(name: Name, message: Channels[Name]): void {
  const event = new CustomEvent(`dualroute:${name}`, { detail: message, cancelable: true });
  const unheard = document.dispatchEvent(event); // listeners cancel what they have heard
  if (unheard && waiting.length < MOST_WAITING) waiting.push([name, message]);
}

export function subscribe<Name extends keyof Channels>(name: Name, hear: (message: Channels[Name]) => void): void {
  document.addEventListener(`dualroute:${name}`, (event) => {
    event.preventDefault();
    hear(((event as CustomEvent).detail ?? {}) as Channels[Name]);
  });
  for (const entry of waiting.filter(([to]) => to === name)) {
    waiting.splice(waiting.indexOf(entry), 1);
    hear(entry[1] as Channels[Name]);
  }
}

export function openTab(name: string): void {
  const tabs = document.querySelectorAll<HTMLElement>(TABS);
  [...tabs].find((tab) => tab.textContent.trim() === name)?.click();
}

/** Whether what is asked for is the input on screen: then no server need be asked. */
export const sameInput = (trace: Trace | null, request: OpenRequest): trace is Trace =>
  !!trace &&
  trace.checkpoint === request.checkpoint &&
  trace.x === request.x &&
  trace.h === (request.h ?? '') &&
  (trace.image || '') === (request.image ?? '');

/** The decision that a message asks for; null where it does not fit the input. */
export function requestedView(trace: Trace, { policy, threshold, overrides }: Decided): View | null {
  const flips = (overrides ?? []).map(([t, flow]): [number, number] => [t, trace.flows.indexOf(flow)]);
  const view = { policy: policy || trace.policy, theta: threshold ?? trace.threshold, overrides: new Map(flips) };
  const fits =
    trace.policies.some(([name]) => name === view.policy) &&
    flips.every(([t, flow]) => Number.isInteger(t) && t >= 0 && t < trace.T && flow >= 0);
  return fits && isTheta(view.theta) ? view : null;
}
