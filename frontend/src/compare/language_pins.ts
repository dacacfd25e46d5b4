/** Views of answers of language models that are kept for comparison, and the one on screen; they outlive a reload. */
import type { LanguagePayload } from '../contracts';
import type { LanguageSide } from '../core/language_pair';
import { decodeLanguage } from '../core/language';
import type { LanguagePin } from '../page/channels';
import { recall, remember } from '../ui/remember';

const NAME = 'language-pins';
const MOST = 12; // pins, the newest are kept

export interface LanguageRow extends LanguageSide {
  name: string;
  payload: LanguagePayload;
}

/** What the tab "Language model" offers other tabs: the answer on screen. */
export interface LanguageNode extends HTMLElement {
  pin?: () => LanguagePin | null;
}

export const languageNode = (): LanguageNode | null => document.querySelector('#language .lm');

export function rowOf(name: string, { payload, view }: LanguagePin): LanguageRow {
  const { policy, theta, overrides } = view;
  return { name, payload, trace: decodeLanguage(payload), view: { policy, theta, overrides: new Map(overrides) } };
}

export const pinOf = ({ payload, view }: LanguageRow): LanguagePin => ({
  payload,
  view: { policy: view.policy, theta: view.theta, overrides: [...view.overrides] },
});

export const keptPins = (): LanguagePin[] => recall<LanguagePin[]>(NAME) ?? [];

/** The newest that fit. */
export function keepPins(pins: LanguagePin[]): void {
  let kept = pins.slice(-MOST);
  while (!remember(NAME, kept) && kept.length) kept = kept.slice(1);
}
