/**
 * What is chosen on the tab, as plain values: a link carries them, a saved file opens with them.
 * dualroute/app/url_state/query.py reads and checks them in an address.
 */
import type { LinkState } from '../page/link';
import type { Find } from '../ui/dom';

export interface ThresholdsState {
  /** The checkpoint whose rows are shown; empty for a visitor's own. */
  rows: string;
  /** The slider. */
  theta: number;
  /** The two θs compared; null: what stands in the field is none. */
  one: number | null;
  other: number | null;
  /** The title of the parts. */
  facet: string;
  /** The budget and the wanted quality, in percent as they stand in their fields; null as above. */
  share: number | null;
  quality: number | null;
}

export type WantedState = { [Name in keyof ThresholdsState]?: ThresholdsState[Name] | null };

type FieldName = 'one' | 'other' | 'share' | 'quality';

/** The largest that each takes. */
const MOST: Record<FieldName, number> = { one: 1, other: 1, share: 100, quality: 100 };

/** null: the field is empty, or holds what is no such number. */
export const readFields = (part: Find): Record<FieldName, number | null> => {
  const read = (name: FieldName) => {
    const node = part<HTMLInputElement>(name);
    const value = node.value.trim() ? Number(node.value) : null;
    const fits = isUpTo(MOST[name], value);
    node.setAttribute('aria-invalid', String(!fits));
    return fits ? value : null;
  };
  return { one: read('one'), other: read('other'), share: read('share'), quality: read('quality') };
};

/** Sets what is named and fits. */
export function writeFields(part: Find, state: WantedState): void {
  for (const [name, most] of Object.entries(MOST) as [FieldName, number][]) {
    const value = state[name];
    if (isUpTo(most, value)) part<HTMLInputElement>(name).value = String(value);
  }
  if (isUpTo(1, state.other)) part<HTMLInputElement>('follow').checked = state.other === state.theta;
}

export const isUpTo = (most: number, value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= most;

/** The parts of an address. follows: θ₂ is the slider's. */
export const stateParts = (state: ThresholdsState, follows: boolean): LinkState => ({
  rows: state.rows,
  at: String(state.theta),
  theta1: String(state.one ?? ''),
  theta2: follows ? '' : String(state.other ?? ''),
  facet: state.facet,
  budget: String(state.share ?? ''),
  quality: String(state.quality ?? ''),
});
