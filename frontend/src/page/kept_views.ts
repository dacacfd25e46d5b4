/** The views in Compare, as they outlive a reload: the records themselves, so that no server has to make them again. */
import { recall, remember } from '../ui/remember';
import type { Pin } from './channels';

const NAME = 'views';
const MOST = 3_000_000; // characters of JSON; browsers keep about five million, and own rows need some as well

/** name: of its row; none for a pin that Compare has not seen yet. made: where it came from, in words. */
export interface KeptView extends Pin {
  name?: string;
  draft?: boolean;
  made?: string;
}

export interface KeptViews {
  /** The oldest first. */
  views: KeptView[];
  /** The rows that are A and B; null: nobody has chosen. */
  chosen: { a: string; b: string } | null;
}

export const keptViews = (): KeptViews => recall<KeptViews>(NAME) ?? { views: [], chosen: null };

/** Returns the views that are too large to be kept; the newest are kept first. */
export function keepViews({ views, chosen }: KeptViews): KeptView[] {
  let kept = fitting(views, MOST);
  while (!remember(NAME, { views: kept, chosen }) && kept.length) kept = kept.slice(1);
  return views.filter((view) => !kept.includes(view));
}

/** Of views, the oldest first, as many of the newest as fit into so many characters. */
export function fitting(views: KeptView[], most: number): KeptView[] {
  let left = most;
  return views
    .toReversed()
    .filter((view) => {
      const { length } = JSON.stringify(view);
      if (length > left) return false;
      left -= length;
      return true;
    })
    .toReversed();
}

/** Returns whether it is kept. */
export function keepPin(pin: Pin): boolean {
  const { views, chosen } = keptViews();
  return !keepViews({ views: [...views, pin], chosen }).includes(pin);
}
