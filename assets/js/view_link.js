// The view in Inspect as parts of an address.
const flipsText = (p, view) => [...view.overrides].map(([t, flow]) => `${t}:${p.flows[flow]}`).join(',');

function viewState(p, view) {
  return {
    task: p.checkpoint, x: p.x, h: p.h, policy: view.policy, theta: String(view.theta), flips: flipsText(p, view),
    label: view.label == null ? '' : p.asked(view.label), token: view.token < 0 ? '' : String(view.token),
  };
}

// In the order in which a view does without them. Without x nothing is left that numbers its tokens.
const viewCuts = (p) => [
  [`the ${p.hName}`, ({ h }) => h && { h: '' }],
  [`the ${p.xName}`, ({ x }) => x && { x: '', flips: '', label: '', token: '' }],
];
const neverLinked = (p) => (p.image ? ['the picture'] : []);

// The view as the other tabs put it into their links: {state, cuts, left}; null while nothing is on screen.
const viewLink = (p, view) => (p ? { state: viewState(p, view), cuts: viewCuts(p), left: neverLinked(p) } : null);
