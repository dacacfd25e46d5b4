// What differs between A and B, as a sentence. The same words as dualroute/compare/sentences.py; a test holds them equal.
const MOST_NAMES = 3, MOST_EDITS = 3;
const usesTheta = ({ policy }) => policy === 'threshold' || policy === 'weighted_threshold';

function pairSentence(pair) {
  const changed = pairChanges(pair);
  if (!changed.length) return 'A and B are the same.';
  return `${changed.join(', ')}: ${[...routeWords(pair), outcomeWords(pair)].join('; ')}.`;
}

function pairChanges({ a, b, columns, both }) {
  return [
    ...modelWords(a.p, b.p),
    ...editWords(a.p.x, b.p.x, b.p.xName), ...editWords(a.p.h, b.p.h, b.p.hName),
    ...((a.p.image || '') === (b.p.image || '') ? [] : [`another ${b.p.hName}`]),
    ...decisionWords(a.view, b.view), ...flipWords(a, b, both), ...unreadWords(a, b),
  ];
}

// Another checkpoint, or another one of the same name: what made both names the weights.
const modelWords = (a, b) => a.checkpoint !== b.checkpoint ? [`${a.checkpoint} → ${b.checkpoint}`]
  : a.made === b.made ? [] : [`another ${b.checkpoint}`];

const wordsOf = (text) => text.split(/\s+/).filter(Boolean);

function editWords(a, b, name) {
  const before = wordsOf(a), after = wordsOf(b);
  if (before.join(' ') === after.join(' ')) return [];
  const places = editPlaces(before, after);
  if (!before.length || !after.length || places.length > MOST_EDITS)
    return [!after.length ? `${name} left out` : !before.length ? `${name} given` : `another ${name}`];
  return places.map(([old, now]) => `${!now ? `‘${clip(old)}’ deleted` : old ? `‘${clip(old)}’ → ‘${clip(now)}’` : `‘${clip(now)}’ added`} in the ${name}`);
}

function editPlaces(before, after) {
  const places = [];
  let open = false;
  for (const c of align(before, after)) {
    if (c.change === 'same') { open = false; continue; }
    if (!open) places.push([[], []]);
    open = true;
    if (c.a >= 0) places.at(-1)[0].push(before[c.a]);
    if (c.b >= 0) places.at(-1)[1].push(after[c.b]);
  }
  return places.map((place) => place.map((words) => words.join(' ')));
}

function decisionWords(a, b) {
  const name = (view) => view.policy.replace('_', ' ') + (usesTheta(view) ? ` at θ ${thetaWords(view.theta, 0)[0]}` : '');
  if (a.policy !== b.policy) return [`${name(a)} → ${name(b)}`];
  if (usesTheta(a) && a.theta !== b.theta) return [`θ ${thetaWords(a.theta, b.theta).join(' → ')}`];
  return [];
}

function thetaWords(...thetas) {
  const digits = thetas.every((theta) => Math.abs(Math.round(theta * 100) - theta * 100) < 1e-9) ? 2 : 3;
  return thetas.map((theta) => theta.toFixed(digits));
}

function flipWords(a, b, both) {
  const before = new Map(both.map((c) => [c.b, a.view.overrides.has(c.a) ? a.p.flows[a.view.overrides.get(c.a)] : null]));
  const now = new Map([...b.view.overrides].map(([t, flow]) => [t, b.p.flows[flow]]));
  const added = [...now.keys()].filter((t) => before.get(t) !== now.get(t)).sort((x, y) => x - y);
  const undone = [...before.keys()].filter((t) => before.get(t) && !now.has(t)).sort((x, y) => x - y);
  const named = (tokens) => listed(tokens.map((t) => b.p.tokens[t]));
  const told = b.p.flows.map((flow) => [flow, added.filter((t) => now.get(t) === flow)]).filter(([, sent]) => sent.length)
    .map(([flow, sent]) => `${named(sent)} sent ${flow} by hand`);
  return undone.length ? [...told, `${named(undone)} no longer sent by hand`] : told;
}

function unreadWords(a, b) {
  const before = a.view.ignored, now = b.view.ignored, name = b.p.hName;
  if (a.p.contextTokens.join('\n') !== b.p.contextTokens.join('\n'))
    return now.size ? [`${count(now.size, 'token')} of the ${name} left unread`] : [];
  const named = (tokens) => listed(tokens.sort((x, y) => x - y).map((s) => b.p.contextTokens[s]));
  const more = [...now].filter((s) => !before.has(s)), fewer = [...before].filter((s) => !now.has(s));
  return [...(more.length ? [`${named(more)} of the ${name} left unread`] : []),
    ...(fewer.length ? [`${named(fewer)} of the ${name} read again`] : [])];
}

function routeWords({ b, before, after, rerouted }) {
  const found = { read: [], gone: [], more: [], less: [], other: [] };
  for (const c of rerouted) {
    const was = before.rho[c.a], is = after.rho[c.b];
    const kind = was === is ? 'other' : !was ? 'read' : !is ? 'gone' : is > was ? 'more' : 'less';
    found[kind].push(b.p.tokens[c.b]);
  }
  const verb = (names) => (names.length === 1 ? 'reads' : 'read');
  const told = {
    read: (names) => `now ${verb(names)}`, gone: (names) => `no longer ${verb(names)}`,
    more: (names) => `${verb(names)} more`, less: (names) => `${verb(names)} less`, other: () => 'by another flow',
  };
  const words = Object.entries(found).filter(([, names]) => names.length).map(([kind, names]) => `${listed(names)} ${told[kind](names)}`);
  return words.length ? words : ['no token changes its route'];
}

function outcomeWords({ a, b, before, after }) {
  const one = answerOf(a, before), other = answerOf(b, after);
  if (!a.p.answers && !b.p.answers) return one === other ? 'the text stays the same' : `“${one}” becomes “${other}”`;
  const said = (row, answer) => (row.p.readout === 'classification' ? answer : `“${clip(answer, 80)}”`);
  const chance = (row, outcome) => percent(probabilityOf(row, outcome));
  const full = (row, answer, outcome) => said(row, answer) + (row.p.answers ? ` (${chance(row, outcome)})` : '');
  if (one === other) {
    const [was, is] = [chance(a, before), chance(b, after)];
    return `${said(b, other)} ${was === is ? `${was}, as before` : `${was} → ${is}`}`;
  }
  if (sameLabels(a.p, b.p)) return `the answer turns from ${full(a, one, before)} to ${full(b, other, after)}`;
  return `A says ${full(a, one, before)}, B says ${full(b, other, after)}`;
}

function listed(tokens) {
  const names = tokens.map((token) => `‘${clip(token.replace(/^##/, '·'))}’`);
  if (names.length > MOST_NAMES) return `${names.slice(0, 2).join(', ')} and ${names.length - 2} others`;
  return names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
