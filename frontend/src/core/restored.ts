/** What a reload brought back, in one sentence. */
import { count } from './format';

export interface Restored {
  /** Own words or an own picture, run or not. */
  typed: boolean;
  /** θ, the reading rule or flips other than the model's own. */
  settings: boolean;
  /** Views in Compare. */
  views: number;
}

/** Empty where the page is as a first visitor sees it. */
export function restoredWords({ typed, settings, views }: Restored): string {
  const parts = [
    ...(typed ? ['what you had typed'] : []),
    ...(settings ? ['your settings'] : []),
    ...(views ? [`${count(views, 'view')} in Compare`] : []),
  ];
  if (!parts.length) return '';
  const last = parts.pop()!;
  return `Restored ${parts.length ? `${parts.join(', ')} and ${last}` : last}.`;
}
