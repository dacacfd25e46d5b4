// How the tabs talk: by events on `document`, since every component's script has a scope of its own.
//   dualroute:open   {checkpoint, x, h, image?, policy?, threshold?, overrides? [[token, flow name], …]}: show it in Inspect
//   dualroute:pin    {payload, view: {policy, theta, overrides [[token, flow number], …]}}: keep it for comparison
//   dualroute:theta  {theta, policy?}: another decision for what is on screen in Inspect
//   dualroute:save   {pins: [two as for pin], button, flowPicture}: both and their comparison as one file
//   dualroute:attributed   {request, prediction, gate}: an attribution as Inspect's panel has it, to go with saved views
//   dualroute:link-asked, link-rows, link-pair   what the address says of Attribute, Thresholds and Compare, checked
//   dualroute:link-unused   {notes}: what else of the address could not be used, in words
// A tab is built when it is first opened: what nobody has heard yet waits for the first who listens.
const unheard = (window.dualrouteUnheard ||= []), MOST_UNHEARD = 50;
const tell = (channel, detail) => {
  const nobody = document.dispatchEvent(new CustomEvent(`dualroute:${channel}`, { detail, cancelable: true }));
  if (nobody && unheard.length < MOST_UNHEARD) unheard.push([channel, detail]);
};
const listen = (channel, heard) => {
  document.addEventListener(`dualroute:${channel}`, (event) => {
    event.preventDefault();
    heard(event.detail || {});
  });
  for (const told of unheard.filter(([to]) => to === channel)) heard(unheard.splice(unheard.indexOf(told), 1)[0][1] || {});
};

// On a phone some tabs stand in a menu.
const openTab = (name) => [...document.querySelectorAll('[role=tab], .overflow-dropdown button')]
  .find((tab) => tab.textContent.trim() === name)?.click();

// Whether what is asked for is the input on screen: then no server need be asked.
const sameInput = (p, wanted) => !!p && p.checkpoint === wanted.checkpoint && p.x === wanted.x && p.h === (wanted.h || '') &&
  (p.image || '') === (wanted.image || '');

// The decision a message asks for; what it leaves out is as the input was traced. Null where it does not fit the input.
function wantedView(p, { policy, threshold, overrides }) {
  const flips = (overrides || []).map(([token, flow]) => [+token, p.flows.indexOf(flow)]);
  const fits = p.policies.some(([name]) => name === (policy || p.policy)) &&
    flips.every(([token, flow]) => Number.isInteger(token) && token >= 0 && token < p.T && flow >= 0);
  return fits && isTheta(threshold ?? p.threshold)
    ? { policy: policy || p.policy, theta: threshold ?? p.threshold, overrides: new Map(flips) } : null;
}

const isTheta = (theta) => typeof theta === 'number' && theta >= 0 && theta <= 1;
