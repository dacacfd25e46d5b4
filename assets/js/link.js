// An address that brings a view back; dualroute/app/url_state/grammar.py has the grammar, reads and checks it.
const LONGEST_ADDRESS = 6000; // what browsers, servers and mail programs all take

function withState(url, state) {
  for (const [name, value] of Object.entries(state)) {
    if (value == null || value === '') url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url;
}

// The address follows what is on screen, so that a reload or a bookmark brings it back. Very long texts stay out of it.
function writeAddress(state) {
  let url = withState(new URL(location.href), state);
  if (url.href.length >= LONGEST_ADDRESS) url = withState(url, Object.fromEntries(Object.keys(state).map((name) => [name, '']))); // rather nothing than what was there before
  if (url.href !== location.href) history.replaceState(null, '', url);
}

// The same once things rest, and only for what is seen: what another tab has written by then is the other tab's.
function addressWriter(root, state, wait = 250) {
  let timer = 0;
  return () => {
    if (props.saved) return; // a file's address names the file
    clearTimeout(timer);
    timer = setTimeout(() => root.getClientRects().length && writeAddress(state()), wait);
  };
}

// A hosted page stands in a frame: its visitors know the Space's own address, which hands parameters on to the frame.
function pageAddress() {
  const { space } = document.querySelector('[data-space]')?.dataset || {};
  return new URL(space ? `https://huggingface.co/spaces/${space}` : location.origin + location.pathname);
}

// A link to hand over: only what describes the view, nothing else that happens to stand in the address (a host signs
// its frames there). What does not fit is left out and named. cuts: [[words, state => its parts that go], …] in order.
function linkOf(state, cuts = [], left = []) {
  const now = { ...state }, gone = [...left];
  const href = () => withState(pageAddress(), now).href;
  for (const [words, cut] of cuts) {
    if (href().length < LONGEST_ADDRESS) break;
    const parts = cut(now);
    if (!parts) continue;
    Object.assign(now, parts);
    gone.push(words);
  }
  return { href: href(), left: gone };
}

// Where the clipboard is closed, as in some frames, the link stands in a field, selected.
function copyLink({ href, left }, node, field) {
  const without = left.length ? `, without ${left.join(' and ')}` : '';
  const shown = () => {
    field.value = href;
    field.hidden = false;
    field.select();
    said(node, `Copy it from the field${without}`);
  };
  field.hidden = true;
  if (!navigator.clipboard) return shown();
  navigator.clipboard.writeText(href).then(() => said(node, `Copied${without}`), shown);
}
