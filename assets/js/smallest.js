// The fewest flips that change the answer, exactly: mirrors dualroute/compare/interventions.py, where it says why.
// -> {flips: [[token, flow]…], view, before, after}, or null where no flips are enough.
function smallestChange(p, view) {
  const read = ignoring(p, view.ignored), before = replay(p, view);
  const clear = 1e-5 * Math.max(1, ...Array.from(before.logits, Math.abs));
  let found = null;
  for (const rival of (p.readout === 'span' ? rivalSpans : rivalClasses)(read, before)) {
    const flips = fewestFlips(read, rival, clear);
    if (flips && (!found || flips.size < found.size || (flips.size === found.size && flips.lead > found.lead))) found = flips;
  }
  if (!found) return null;
  const changed = { ...view, overrides: new Map([...view.overrides, ...found.flips]) };
  return { flips: found.flips, view: changed, before, after: replay(p, changed) };
}

// rival: {gap, tokens, gain(t, own, got) -> what it would add}; a flow's own and got are the weights that it would change.
function fewestFlips(p, { gap, tokens, gain }, clear) {
  const best = tokens.map((t) => bestFlow(p, t, gain)).sort((a, b) => b.gain - a.gain || a.order - b.order);
  let lead = -gap;
  for (let k = 0; k < best.length; k++) {
    lead += best[k].gain;
    if (lead > clear) return { size: k + 1, lead, flips: best.slice(0, k + 1).map(({ t, flow }) => [t, flow]) };
  }
  return null;
}

function bestFlow(p, t, gain) {
  let best = null;
  for (let flow = 0; flow < p.R; flow++) {
    const value = gain(t, flow);
    if (!best || value > best.gain) best = { t, flow, gain: value, order: t };
  }
  return best;
}

// What sending token t by a flow would change in its weights: of its own part, of what it read.
const FLOW_PARTS = { 2: [[1, 0], [1, 1]], 3: [[1, 0], [0, 1], [1, 1]] };
function flowChange(p, before, t, flow, own, got) {
  const [kappa, rho] = FLOW_PARTS[p.R][flow];
  return (kappa - before.kappa[t]) * own + (rho - before.rho[t]) * got;
}

function* rivalClasses(p, before) {
  const answer = before.best, tokens = [...p.tokens.keys()];
  for (let c = 0; c < p.C; c++) {
    if (c === answer) continue;
    const gain = (t, flow) => flowChange(p, before, t, flow, p.own(t, c) - p.own(t, answer), p.got(t, c) - p.got(t, answer));
    yield { gap: before.logits[answer] - before.logits[c], tokens, gain };
  }
}

function* rivalSpans(p, before) {
  const start = startOf(p, before.best), end = endOf(p, before.best), spans = [];
  eachSpan(p, before.logits, (score, c) => c !== before.best && spans.push([c, score]));
  const top = spanScore(p, before.logits, before.best);
  for (const [c, score] of spans) {
    const tokens = [...new Set([start, end, startOf(p, c), endOf(p, c)])].sort((a, b) => a - b);
    const gain = (t, flow) =>
      flowChange(p, before, t, flow, p.own(t, c) - p.own(t, before.best), p.got(t, c) - p.got(t, before.best));
    yield { gap: top - score, tokens, gain };
  }
}
