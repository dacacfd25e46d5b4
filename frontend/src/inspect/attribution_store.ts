/** The attributions that have come to this page, Inspect's own and the workbench's, for views that are saved later. */
import type { AttributionPayload } from '../contracts';
import { replay } from '../core/replay';
import { decode } from '../core/trace';
import type { Pin } from '../page/channels';
import { attributedRoute } from './attributions';

const MOST = 60;

interface Entry {
  attribution: AttributionPayload;
  /** Of Inspect, not of the workbench. */
  own: boolean;
}

export interface AttributionStore {
  add(attribution: AttributionPayload, own?: boolean): void;
  /**
   * Of a pinned view: those of its route and answer, of Inspect before others; else of the same input, which the file
   * then calls stale. null where there is none.
   */
  of(pin: Pin): AttributionPayload | null;
}

export function attributionStore(): AttributionStore {
  let entries: Entry[] = []; // the newest last
  return {
    add(attribution, own = false) {
      const name = nameOf({ attribution, own });
      entries = [...entries.filter((entry) => nameOf(entry) !== name), { attribution, own }].slice(-MOST);
    },
    of({ payload, view }) {
      const same = entries.filter(({ attribution }) => attribution.request.key === payload.key);
      if (!same.length) return null;
      const trace = decode(payload);
      const overrides = new Map(view.overrides);
      const outcome = replay(trace, { ...view, overrides, ignored: new Set(view.ignored) });
      const route = outcome.weights.join();
      const answer = trace.targetName(outcome.best);
      const rank = ({ attribution, own }: Entry) =>
        4 * +(attributedRoute(trace, attribution) === route) + 2 * +(attribution.request.label === answer) + +own;
      return same.reduce((best, entry) => (rank(entry) >= rank(best) ? entry : best)).attribution;
    },
  };
}

function nameOf({ attribution: { request, prediction }, own }: Entry): string {
  const { key, policy, threshold, overrides, label } = request;
  return JSON.stringify([key, policy, threshold, overrides, label, prediction.methodTitle, own]);
}
