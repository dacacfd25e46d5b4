// What the workbench works on: the view on screen in Inspect. Nothing of it is kept here.
function onScreen() {
  const node = document.querySelector('#inspector .dr');
  const shown = node && node.inspect && node.inspect();
  return shown && shown.payload ? { ...shown, view: { ...shown.view, overrides: new Map(shown.view.overrides) } } : null;
}

const routeKey = (p, view) => routeOf(p, view).weights.join();

// The part of a request that says of what.
const subjectOf = ({ payload: p, view }) => ({
  key: p.key, checkpoint: p.checkpoint, x: p.x, h: p.h, image: p.image, policy: view.policy, threshold: view.theta,
  overrides: [...view.overrides].map(([t, flow]) => [t, p.flows[flow]]),
});

function subjectWords({ payload: p, view }) {
  const policy = (p.policies.find(([name]) => name === view.policy) || [0, view.policy])[1];
  const theta = /threshold/.test(view.policy) ? `, θ ${view.theta.toFixed(3)}` : '';
  const flips = view.overrides.size ? `, ${count(view.overrides.size, 'token')} flipped by hand` : '';
  const parts = [`${p.xName} ${quoteLong(p.x)}`];
  if (p.image) parts.push(`a ${p.hName}`);
  else if (p.h && p.contextKind !== 'backward') parts.push(`${p.hName} ${quoteLong(p.h)}`);
  return `As on screen in Inspect: ${parts.join(', ')}. Route: ${policy}${theta}${flips}.`;
}
const quoteLong = (text) => `“${clip(text.replace(/\s+/g, ' ').trim(), 90)}”`;

// The stored or already computed attribution of the inspector, as tracks: never an empty workbench.
function inspectorTracks({ payload: p, view, outcome, attribution }) {
  if (!attribution || attribution.request.key !== p.key) return [];
  const { request } = attribution;
  const asked = { policy: request.policy, theta: request.threshold, overrides: new Map(request.overrides.map(([t, f]) => [t, p.flows.indexOf(f)])) };
  const from = { key: p.key, route: routeKey(p, asked), settings: null };
  const named = p.answers ? `prediction:${request.label}` : request.label ? `prediction:${request.label}` : 'prediction';
  return [[named, attribution.prediction], ['gate', attribution.gate]].map(([target, a]) => ({
    ...from, target, label: '', method: 'integrated_gradients', title: a.methodTitle, signed: true, scores: a.scores,
    contextScores: a.contextScores, groups: [], contextGroups: [], granularity: 'token', parameters: { max_steps: null },
    baseline: 'pad', seed: 0, sum: [...a.scores, ...a.contextScores].reduce((sum, v) => sum + v, 0), change: a.change, delta: a.delta,
    passes: null, steps: a.steps, seconds: null, converged: a.converged, agreement: null, stored: true,
  }));
}

// Why a track does not answer what is asked now; empty where it does. `now`: {key, route, targets, settings(method)}.
function staleWords(track, now) {
  if (track.key !== now.key) return 'another input';
  if (track.route !== now.route && !isGate(track.target)) return 'another route';
  if (!now.targets.includes(track.target)) return 'another target';
  return (track.settings ?? now.usual(track.method)) === now.settings(track.method) ? '' : 'other settings';
}
