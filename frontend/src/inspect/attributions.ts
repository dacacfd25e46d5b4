/** Attribution tracks: asked for once per input, marked stale when the decision has changed since. */
import type { AttributionPayload, Scores } from '../contracts';
import { fixed, percentage, signed, withoutStop } from '../core/format';
import { type Outcome, type View, replay, routeKey } from '../core/replay';
import type { Trace } from '../core/trace';
import type { Answer } from '../page/component';
import { requestOf } from '../page/inspected';
import { requestQueue } from '../page/requests';
import { find, setText } from '../ui/dom';
import type { AttributionTrack } from './token_track';

const LEAST_CHANGE = 0.005; // what is smaller is printed as 0.00

export type AttributionRequest = ReturnType<typeof requestOf> & { key: string; label: string };
export type AttributionAnswer = Answer<AttributionPayload>;
type LabelledView = View & { label: number | null };

export interface AttributionPanel {
  /** The attribution on screen; null while there is none of this input. */
  current(trace: Trace | null): AttributionPayload | null;
  /** What is on screen goes; nothing of it is the next input's. */
  leave(): void;
  newInput(trace: Trace, view: LabelledView): void;
  /** A reply answers the input and the route it was asked for, which may not be on screen any more. */
  arrived(trace: Trace | null, answer: AttributionAnswer | null | undefined): void;
  /** Compare the route and the answer on screen with those that the attribution was computed for. */
  follow(trace: Trace, outcome: Outcome, label: number): void;
}

/** tracks: of x, and of the context. */
export function attributionPanel(
  root: HTMLElement,
  tracks: () => [AttributionTrack, AttributionTrack],
  send: (request: AttributionRequest) => void,
): AttributionPanel {
  const status = find(root, '.dr-attr-status');
  const again = find(root, '.dr-again');
  let shown: AttributionPayload | null = null;
  let shownRoute: string | null = null;

  const offer = (text: string) => {
    again.hidden = !text;
    if (text) setText(again, text);
  };
  const queue = requestQueue(send, (error, { key }: AttributionRequest) => {
    if (key !== root.dataset.ready) return; // of an input that has left the screen
    root.dataset.attribution = 'failed';
    status.textContent = `No attributions: ${withoutStop(error)}.`;
    offer('Try again');
  });
  const ask = (trace: Trace, view: LabelledView) => {
    const label = view.label ?? replay(trace, view).best;
    root.dataset.attribution = 'asked';
    status.textContent = 'Computing attributions …';
    offer('');
    queue.ask({ key: trace.key, ...requestOf(trace, view), label: trace.targetName(label) });
  };
  const show = (trace: Trace, attribution: AttributionPayload) => {
    shown = attribution;
    shownRoute = null;
    tracks().forEach((track, i) => {
      const side = i ? 'contextScores' : 'scores';
      track.attribution('pushed', attribution.prediction[side]);
      track.attribution('opened', attribution.gate[side]);
    });
    root.dataset.attribution = 'shown';
    status.textContent = attributionWords(trace, attribution);
    root.classList.remove('stale');
    offer('');
  };
  return {
    current: (trace) => (shown && shown.request.key === trace?.key ? shown : null),
    leave() {
      shown = null;
      delete root.dataset.attribution;
    },
    newInput(trace, view) {
      shown = null;
      for (const track of tracks()) {
        track.attribution('pushed', null);
        track.attribution('opened', null);
      }
      root.classList.remove('stale');
      status.textContent = '';
      offer('');
      again.onclick = () => ask(trace, view);
      if (!trace.attributed) ask(trace, view); // a stored one comes with the input
    },
    arrived(trace, answer) {
      if (!trace || !answer) return;
      if (answer.id && !queue.accepts(answer)) return;
      if (answer.error == null && answer.request.key === trace.key) show(trace, answer);
    },
    follow(trace, outcome, label) {
      if (shown?.request.key !== trace.key || root.dataset.attribution === 'asked') return;
      shownRoute ??= attributedRoute(trace, shown);
      const sameRoute = shownRoute === outcome.weights.join();
      const same = sameRoute && shown.request.label === trace.targetName(label);
      root.classList.toggle('stale', !same);
      if (same) offer('');
      else if (!sameRoute) offer('Recalculate for this routing');
      else offer(trace.piece >= 0 ? 'Calculate for this word' : 'Recalculate');
      const other = !sameRoute ? 'the previous routing' : trace.answers ? 'another answer' : 'another part of the text';
      setText(status, same ? attributionWords(trace, shown) : `These estimates are for ${other}.`);
    },
  };
}

/** The route that an attribution was computed for. */
export function attributedRoute(trace: Trace, { request }: AttributionPayload): string {
  const overrides = new Map(request.overrides.map(([t, flow]) => [t, trace.flows.indexOf(flow)]));
  return routeKey(trace, { policy: request.policy, theta: request.threshold, overrides });
}

function attributionWords(trace: Trace, { prediction, gate }: AttributionPayload): string {
  const answer = trace.answers ? 'Effect on the answer' : 'Effect on the log-probability of the text';
  return (
    `${scoresWords(answer, prediction)}. ${scoresWords('Effect on reading', gate)}${gateWords(gate)}. Measured against ` +
    `an empty input: what is absent is replaced by ${prediction.baselineTitle}.`
  );
}

/** Most bars are negative where words close the gates that an empty input has open. */
const gateWords = ({ value, baselineValue }: Scores): string =>
  value === undefined || baselineValue === undefined
    ? ''
    : ` (mean gate ${baselineValue.toFixed(2)} of an empty input → ${value.toFixed(2)} of this text)`;

function scoresWords(name: string, { methodTitle, steps, delta, change, converged }: Scores): string {
  if (delta == null) return `${name}: ${methodTitle}`;
  const error = Math.abs(delta / change);
  const near = Math.abs(change) < LEAST_CHANGE; // a share of nearly nothing says nothing
  const off = near ? `${fixed(Math.abs(delta), 4)} off` : `${percentage(error, error < 0.001 ? 2 : 1)} off`;
  const trust = converged ? '' : ' (not converged within the steps it may take; read with care)';
  const method = steps == null ? methodTitle : `${methodTitle}, ${steps} steps`;
  return `${name}: ${method}, estimates sum to ${signed(change)} (${off})${trust}`;
}
