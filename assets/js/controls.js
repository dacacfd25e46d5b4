// What as many random flips do, beside an effect: mirrors dualroute/compare/interventions.py.
// An effect is a change of the probability of the answer there was before.
const DRAWS = 1000;

// flips: [[token, flow]…] on top of `view`. Null where none of them changes a token's route.
function randomFlips(p, view, flips, draws = DRAWS, seed = 1) {
  const before = replay(p, view), pools = new Map(), wanted = new Map();
  for (const [t, flow] of flips) {
    if (!pools.has(flow)) pools.set(flow, elsewhere(p, before, flow));
    if (pools.get(flow).includes(t)) wanted.set(flow, (wanted.get(flow) || 0) + 1);
  }
  const size = [...wanted.values()].reduce((a, b) => a + b, 0);
  if (!size) return null;
  const effect = effectOn(p, before), after = (set) => replay(p, { ...view, overrides: new Map([...view.overrides, ...set]) });
  const random = randomFrom(seed);
  const effects = Array.from({ length: draws }, () => effect(after(drawFlips(wanted, pools, random))));
  const choices = new Set([...wanted.keys()].flatMap((flow) => pools.get(flow))).size;
  return { ...summary(effect(after(flips)), effects), size, choices };
}

// unread: context tokens on top of `view`. Null where all of them are unread already.
function randomUnread(p, view, unread, draws = DRAWS, seed = 1) {
  const ignored = view.ignored || new Set(), pool = [...Array(p.S).keys()].filter((s) => !ignored.has(s));
  const size = [...new Set(unread)].filter((s) => !ignored.has(s)).length;
  if (!size) return null;
  const before = replay(p, view), effect = effectOn(p, before), random = randomFrom(seed);
  const after = (tokens) => replay(p, { ...view, ignored: new Set([...ignored, ...tokens]) });
  const effects = Array.from({ length: draws }, () => effect(after(drawn(pool, size, random))));
  return { ...summary(effect(after(unread)), effects), size, choices: pool.length };
}

const effectOn = (p, before) => {
  const was = p.probOf(before, before.best);
  return (outcome) => p.probOf(outcome, before.best) - was;
};

const elsewhere = (p, before, flow) => [...p.tokens.keys()].filter((t) => before.weights[t * p.R + flow] !== 1);

function drawFlips(wanted, pools, random) {
  const flipped = new Map();
  for (const flow of [...wanted.keys()].sort((a, b) => a - b))
    for (const t of drawn(pools.get(flow).filter((token) => !flipped.has(token)), wanted.get(flow), random)) flipped.set(t, flow);
  return flipped;
}

// `count` of the pool, none twice: the first places of a shuffle.
function drawn(pool, count, random) {
  const left = [...pool], most = Math.min(count, left.length);
  for (let i = 0; i < most; i++) {
    const j = i + Math.floor(random() * (left.length - i));
    [left[i], left[j]] = [left[j], left[i]];
  }
  return left.slice(0, most);
}

// mulberry32: the same draws each time, so that what is on screen can be shown again.
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// Mean, the range of 95 % of the draws, and the share that moves the answer at least as far in the same direction.
function summary(effect, draws) {
  const sorted = Float64Array.from(draws).sort();
  const share = draws.filter((value) => Math.sign(effect) * value >= Math.abs(effect) - 1e-12).length / draws.length;
  const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
  return { effect, draws, mean, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975), share };
}

// Between the two nearest values, as numpy does it.
function quantile(sorted, share) {
  const place = share * (sorted.length - 1), below = Math.floor(place), above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
