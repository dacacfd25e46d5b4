/** The view in Inspect as parts of an address. */
import type { View } from '../core/replay';
import type { Trace } from '../core/trace';
import type { LinkState, ViewLink } from '../page/link';

export type SelectedView = View & { label: number | null; token: number };

export function viewState(trace: Trace, view: SelectedView): LinkState {
  return {
    task: trace.checkpoint,
    x: trace.x,
    h: trace.h,
    policy: view.policy,
    theta: String(view.theta),
    flips: [...view.overrides].map(([t, flow]) => `${t}:${trace.flows[flow]}`).join(','),
    label: view.label === null ? '' : trace.targetName(view.label),
    token: view.token < 0 ? '' : String(view.token),
  };
}

/** The view as the other tabs put it into their links. Without x nothing is left that numbers its tokens. */
export const viewLink = (trace: Trace, view: SelectedView): ViewLink => ({
  state: viewState(trace, view),
  cuts: [
    [`the ${trace.hName}`, ({ h }) => h && { h: '' }],
    [`the ${trace.xName}`, ({ x }) => x && { x: '', flips: '', label: '', token: '' }],
  ],
  left: trace.image ? ['the picture'] : [],
});
