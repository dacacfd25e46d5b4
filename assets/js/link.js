// A view as an address that restores it; dualroute/ui/links.py reads and checks it.
const LONGEST_ADDRESS = 6000; // what browsers, servers and mail programs all take

function stateOf(p, view) {
  return {
    task: p.checkpoint, x: p.x, h: p.h, policy: view.policy, theta: String(view.theta), flips: flipsText(p, view),
    label: view.label == null ? '' : p.asked(view.label), token: view.token < 0 ? '' : String(view.token),
  };
}

const flipsText = (p, view) => [...view.overrides].map(([t, flow]) => `${t}:${p.flows[flow]}`).join(',');

function withState(url, state) {
  for (const [name, value] of Object.entries(state)) {
    if (value === '') url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url;
}

// The address follows the view, so that a reload or a bookmark brings it back. Very long texts stay out of it.
function rememberInAddress(p, view) {
  if (props.saved) return; // a file's address names the file
  const url = withState(new URL(location.href), stateOf(p, view));
  if (url.href.length < LONGEST_ADDRESS) history.replaceState(null, '', url);
}

// A link to hand over: only what describes the view, nothing else that happens to stand in the address (a host signs
// its frames there). What does not fit is left out and named.
function sharedLink(p, view, space) {
  const state = stateOf(p, view), left = p.image ? ['the picture'] : [];
  const url = () => withState(new URL(space ? `https://huggingface.co/spaces/${space}` : location.origin + location.pathname), state);
  for (const name of ['h', 'x']) {
    if (url().href.length < LONGEST_ADDRESS) break;
    state[name] = '';
    left.push(`the ${name === 'h' ? p.hName : p.xName}`);
  }
  if (!state.x) Object.assign(state, { flips: '', label: '', token: '' }); // they number tokens that are not there
  return { href: url().href, left };
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
