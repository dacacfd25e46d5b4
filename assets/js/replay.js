// The arithmetic of dualroute/policies.py and dualroute/trace/replay.py, for the page. A test holds them equal.
function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

const ARRAYS = ['gates', 'pooling', 'attention', 'direct', 'context', 'bias'];

// Payload of export/trace_payload.py -> record with typed arrays; T, S, C, R as in the Python docstrings.
function decode(payload) {
  const p = { ...payload };
  for (const name of ARRAYS) p[name] = unpack(payload[name]);
  p.T = p.tokens.length;
  p.S = p.contextTokens.length;
  p.C = p.labels.length;
  p.R = p.flows.length;
  p.read = sumOverContext(p); // (T,C)
  p.reading = Float64Array.from({ length: p.T }, (_, t) => readingGate(p, t)); // (T,)
  if (p.written) p.written = writtenOf(p.written, p.T);
  return Object.assign(p, READOUTS[p.readout](p));
}

function sumOverContext({ context, T, S, C }) {
  const read = new Float64Array(T * C);
  for (let t = 0; t < T; t++)
    for (let s = 0; s < S; s++) for (let c = 0; c < C; c++) read[t * C + c] += context[(t * S + s) * C + c];
  return read;
}

function readingGate({ gates, R }, t) {
  return R === 2 ? gates[t * 2 + 1] : gates[t * 3 + 1] + gates[t * 3 + 2];
}

// Weight of each flow for one token: (R,) written into `out` at t*R.
const POLICIES = {
  soft(p, t, theta, out) {
    for (let r = 0; r < p.R; r++) out[t * p.R + r] = p.gates[t * p.R + r];
  },
  threshold(p, t, theta, out) {
    only(p, t, p.reading[t] > theta ? strongerReader(p, t) : 0, out);
  },
  weighted_threshold(p, t, theta, out) {
    if (!(p.reading[t] > theta)) return only(p, t, 0, out);
    let rest = 1;
    for (let r = 1; r < p.R; r++) rest -= out[t * p.R + r] = p.gates[t * p.R + r];
    out[t * p.R] = rest;
  },
  select(p, t, theta, out) {
    let best = 0;
    for (let r = 1; r < p.R; r++) if (p.gates[t * p.R + r] > p.gates[t * p.R + best]) best = r;
    only(p, t, best, out);
  },
  direct(p, t, theta, out) {
    only(p, t, 0, out);
  },
  merged(p, t, theta, out) {
    only(p, t, p.R - 1, out);
  },
  context(p, t, theta, out) {
    only(p, t, 1, out);
  },
};

function only(p, t, flow, out) {
  for (let r = 0; r < p.R; r++) out[t * p.R + r] = r === flow ? 1 : 0;
}

function strongerReader(p, t) {
  return p.R === 2 ? 1 : p.gates[t * 3 + 1] > p.gates[t * 3 + 2] ? 1 : 2;
}

// view: {policy, theta, overrides: Map(token -> flow index), ignored?: Set(context token)} -> what the readout decides,
// weights (T*R), kappa, rho.
function replay(p, view) {
  const route = routeOf(p, view), read = ignoring(p, view.ignored);
  return { ...read.decide(read.score(route.kappa, route.rho)), ...route };
}

// The record without some context tokens: their K_ts leave the sum, and nothing else changes.
function ignoring(p, ignored) {
  if (!ignored || !ignored.size) return p;
  const key = [...ignored].sort((a, b) => a - b).join();
  if (p.unread && p.unread.unreadKey === key) return p.unread;
  const without = { ...p, context: p.context.slice(), attention: p.attention.slice(), unreadKey: key, contextScales: null };
  for (let t = 0; t < p.T; t++)
    for (const s of ignored) {
      without.context.fill(0, (t * p.S + s) * p.C, (t * p.S + s + 1) * p.C);
      without.attention[t * p.S + s] = 0;
    }
  without.read = sumOverContext(without);
  return (p.unread = Object.assign(without, READOUTS[p.readout](without)));
}

function routeOf(p, view) {
  const weights = new Float64Array(p.T * p.R);
  const kappa = new Float64Array(p.T), rho = new Float64Array(p.T);
  for (let t = 0; t < p.T; t++) {
    if (view.overrides.has(t)) only(p, t, view.overrides.get(t), weights);
    else POLICIES[view.policy](p, t, view.theta, weights);
    const middle = p.R === 3 ? weights[t * 3 + 1] : 0, last = weights[t * p.R + p.R - 1];
    kappa[t] = weights[t * p.R] + last;
    rho[t] = middle + last;
  }
  return { weights, kappa, rho };
}

function softmax(logits) {
  const top = Math.max(...logits);
  const e = Array.from(logits, (z) => Math.exp(z - top));
  const total = e.reduce((a, b) => a + b, 0);
  return e.map((v) => v / total);
}

function argmax(values) {
  let best = 0;
  values.forEach((v, i) => { if (v > values[best]) best = i; });
  return best;
}

function isTie(logits) {
  const sorted = Array.from(logits).sort((a, b) => b - a);
  return sorted[0] - sorted[1] <= 1e-5 * Math.max(1, ...sorted.map(Math.abs));
}

// Index of the flow that has all of a token's weight, or -1 when it is divided.
function flowTaken(p, weights, t) {
  for (let r = 0; r < p.R; r++) if (weights[t * p.R + r] === 1) return r;
  return -1;
}

// What the context gave: per context token the reading weight Σ_t ρ_t a_t α_ts (a_t: how much the
// token counts in the answer) and the contribution Σ_t ρ_t K_ts.
// With a token selected, what that token reads (its α, whether or not it is used) and what it got.
function contextReading(p, rho, label, token) {
  const read = new Float64Array(p.S), gain = new Float64Array(p.S);
  const from = token < 0 ? 0 : token, to = token < 0 ? p.T : token + 1;
  for (let t = from; t < to; t++)
    for (let s = 0; s < p.S; s++) {
      read[s] += token < 0 ? rho[t] * p.weight(t) * p.attention[t * p.S + s] : p.attention[t * p.S + s];
      if (p.answers) gain[s] += rho[t] * (token < 0 ? p.term(t, s, label) : p.given(t, s, label));
    }
  return { read, gain };
}

// The prediction at every θ: [{from, to, label}], exact, since it changes only at the tokens' gates.
function predictionsOverTheta(p, view) {
  const cuts = [0, ...new Set(Array.from(p.reading).filter((g) => g > 0 && g < 1).sort((a, b) => a - b)), 1];
  const spans = [];
  for (let i = 0; i + 1 < cuts.length; i++) {
    const { kappa, rho } = routeOf(p, { ...view, theta: cuts[i] });
    const label = p.best(p.score(kappa, rho));
    const last = spans[spans.length - 1];
    if (last && last.label === label) last.to = cuts[i + 1];
    else spans.push({ from: cuts[i], to: cuts[i + 1], label });
  }
  return spans;
}
