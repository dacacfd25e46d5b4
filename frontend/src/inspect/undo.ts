/** Steps back: θ, the reading rule and flips together. */
import type { View } from '../core/replay';

type Decision = Pick<View, 'policy' | 'theta' | 'overrides'>;

const MOST = 100;

export interface Undo {
  /** Before a change. */
  keep(view: Decision): void;
  /** The decision before the last change; null where there is none. */
  back(): Decision | null;
  clear(): void;
  readonly possible: boolean;
}

const copy = ({ policy, theta, overrides }: Decision): Decision => ({ policy, theta, overrides: new Map(overrides) });
const same = (a: Decision, b: Decision): boolean =>
  a.policy === b.policy && a.theta === b.theta && String([...a.overrides]) === String([...b.overrides]);

export function undoSteps(): Undo {
  let steps: Decision[] = [];
  return {
    keep(view) {
      const last = steps.at(-1);
      if (!last || !same(last, view)) steps = [...steps, copy(view)].slice(-MOST);
    },
    back: () => steps.pop() ?? null,
    clear: () => void (steps = []),
    get possible() {
      return steps.length > 0;
    },
  };
}
