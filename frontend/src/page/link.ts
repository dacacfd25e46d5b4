/** An address that brings a view back; dualroute/app/url_state/grammar.py has the grammar, reads and checks it. */
import { flashLabel } from './files';

const LONGEST_ADDRESS = 6000; // what browsers, servers and mail programs all take

/** Parts of an address by name; empty ones are left out of it. */
export type LinkState = Record<string, string | undefined>;

/** [words for what goes, the parts that go or null], of what a too long link does without. */
export type Cut = [words: string, cut: (state: LinkState) => LinkState | null | false | '' | undefined];

/** A view as the tabs put it into their links. left: what no link holds. */
export interface ViewLink {
  state: LinkState;
  cuts: Cut[];
  left: string[];
}

export interface Link {
  href: string;
  left: string[];
}

function withState(url: URL, state: LinkState): URL {
  for (const [name, value] of Object.entries(state)) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  return url;
}

/** The address follows what is on screen, so that a reload or a bookmark brings it back; very long texts stay out. */
export function writeAddress(state: LinkState): void {
  let url = withState(new URL(location.href), state);
  if (url.href.length >= LONGEST_ADDRESS) {
    const nothing = Object.fromEntries(Object.keys(state).map((name) => [name, '']));
    url = withState(url, nothing); // rather nothing than what was there before
  }
  if (url.href !== location.href) history.replaceState(history.state, '', url);
}

/** The same once things rest, and only for what is seen: what another tab has written by then is the other tab's. */
export function addressWriter(root: Element, state: () => LinkState, saved = false, wait = 250): () => void {
  let timer: ReturnType<typeof setTimeout>;
  return () => {
    if (saved) return; // a file's address names the file
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (root.getClientRects().length) writeAddress(state());
    }, wait);
  };
}

/** A hosted page stands in a frame: its visitors know the Space's own address, which hands parameters on to the frame. */
function pageAddress(): URL {
  const space = document.querySelector<HTMLElement>('[data-space]')?.dataset.space;
  return new URL(space ? `https://huggingface.co/spaces/${space}` : location.origin + location.pathname);
}

/**
 * A link to hand over: only what describes the view, nothing else that happens to stand in the address (a host signs its
 * frames there). What does not fit is left out, in the order of `cuts`, and named.
 */
export function linkOf(state: LinkState, cuts: Cut[] = [], left: string[] = []): Link {
  const kept = { ...state };
  const gone = [...left];
  const href = () => withState(pageAddress(), kept).href;
  for (const [words, cut] of cuts) {
    if (href().length < LONGEST_ADDRESS) break;
    const parts = cut(kept);
    if (!parts) continue;
    Object.assign(kept, parts);
    gone.push(words);
  }
  return { href: href(), left: gone };
}

/** Where the clipboard is closed, as in some frames, the link stands in a field, selected. */
export function copyLink({ href, left }: Link, node: HTMLElement, field: HTMLInputElement): void {
  const without = left.length ? `, without ${left.join(' and ')}` : '';
  const show = () => {
    field.value = href;
    field.hidden = false;
    field.select();
    flashLabel(node, `Copy it from the field${without}`);
  };
  field.hidden = true;
  // Only secure pages have a clipboard.
  if (!navigator.clipboard) show();
  else navigator.clipboard.writeText(href).then(() => flashLabel(node, `Copied${without}`), show);
}
