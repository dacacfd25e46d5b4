/**
 * What an entry of the browser's history knows beside its address: what Inspect shows. It outlives a reload and belongs to
 * one browser tab. An address that somebody opens has no such knowledge: then the address alone counts.
 */
import type { Selection } from '../contracts';
import type { Decided } from './channels';

export interface ExampleVisit {
  kind: 'example';
  task: string;
  index: number;
}

/** An input; what it leaves out is as the checkpoint has it. */
export interface InputVisit extends Decided {
  kind: 'view';
  checkpoint: string;
  x: string;
  h?: string;
  image?: string;
}

export type Visit = ExampleVisit | InputVisit;

export interface Entry {
  /** null: nothing was on screen yet, or it was too large for a browser to keep. */
  visit: Visit | null;
  /** Left out: as the input was traced. */
  decision?: Decided;
  shown?: Selection;
}

interface State {
  dualroute?: Entry;
}

export const currentEntry = (): Entry | null => (history.state as State | null)?.dualroute ?? null;

export function keepInEntry(part: Partial<Entry>): void {
  const entry: Entry = { visit: null, ...currentEntry(), ...part };
  const keep = (dualroute: Entry) => history.replaceState({ ...(history.state as State | null), dualroute }, '');
  try {
    keep(entry);
  } catch {
    keep({ visit: null });
  }
}

/** The next entry begins as a copy of this one. */
export const addEntry = (): void => history.pushState(history.state, '', location.href);

/** The tabs of the page; on a phone some stand in a menu. */
export const TABS = '[role=tab], .overflow-dropdown button';
const FIRST = 'inspect'; // needs no name in the address

/** The tab in the address. */
export const addressTab = (): string => new URL(location.href).searchParams.get('tab') || FIRST;

/** A tab that is opened is the next entry of the history; the address calls it by its first word. */
export function followTabs(): void {
  const opened = ({ target }: Event) => {
    const [name] =
      (target instanceof Element && target.closest(TABS)?.textContent.trim().toLowerCase().split(' ')) || [];
    if (!name || name === addressTab()) return;
    const url = new URL(location.href);
    url.searchParams.delete('tab');
    if (name !== FIRST) url.searchParams.set('tab', name);
    history.pushState(history.state, '', url);
  };
  document.addEventListener('click', opened, { capture: true });
}

const VIEW = ['task', 'x', 'h', 'policy', 'theta', 'flips', 'label', 'token'];

/** Whether an address names a view of Inspect. */
export const namesView = (address: URLSearchParams): boolean => VIEW.some((name) => address.get(name));

/** Open the page as a first visitor sees it. What a host has put into the address begins with two underscores. */
export function startFresh(): void {
  const url = new URL(location.href);
  for (const name of [...url.searchParams.keys()]) if (!name.startsWith('__')) url.searchParams.delete(name);
  history.replaceState(null, '', url);
  location.reload();
}
