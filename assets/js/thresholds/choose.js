// From a budget or a wanted quality to a θ. Every second row chooses, the others tell what the choice is worth: a θ
// that was picked because it did well on some rows looks better on them than it is.
const GRID_STEPS = { mean: 1000, auc: 50 }; // θs looked at between 0 and 1; an area costs a ranking each

const halfOf = (rows, odd) => Int32Array.from({ length: Math.floor((rows.N + 1 - odd) / 2) }, (_, i) => 2 * i + odd);

// Quality and share at every θ of the grid, for some rows (null: all): one pass over the gates for a mean.
function curveOf(rows, chosen) {
  const steps = GRID_STEPS[rows.metric === 'auc' ? 'auc' : 'mean'];
  const thetas = Array.from({ length: steps + 1 }, (_, i) => i / steps);
  if (rows.metric === 'auc') {
    const points = thetas.map((theta) => measure(rows, statesAt(rows, theta), chosen));
    return { thetas, shares: points.map((p) => p.share), qualities: points.map((p) => p.quality) };
  }
  return { thetas, ...meanCurve(rows, chosen, thetas) };
}

function meanCurve(rows, chosen, thetas) {
  const steps = thetas.length - 1, gain = new Float64Array(steps + 2), closed = new Float64Array(steps + 2);
  let n = 0, sum = 0, able = 0;
  eachRow(rows, chosen, (r) => {
    n++;
    let before = scoreOf(rows, r, rows.first[r]);
    sum += before;
    if (rows.readable[r]) able += rows.lengths[r];
    for (let t = 0; t < rows.lengths[r]; t++) {
      const at = firstAbove(thetas, rows.gates[rows.starts[r] + t]);
      const after = scoreOf(rows, r, rows.first[r] + t + 1);
      gain[at] += after - before;
      if (rows.readable[r]) closed[at]++;
      before = after;
    }
  });
  let left = able;
  const shares = [], qualities = [];
  for (let i = 0; i <= steps; i++) {
    sum += gain[i];
    left -= closed[i];
    qualities.push(sum / n);
    shares.push(able ? left / able : 0);
  }
  return { shares, qualities };
}

// The smallest θ of the grid that is not below a gate: from it on the gate is closed.
function firstAbove(thetas, gate) {
  const steps = thetas.length - 1;
  let at = Math.min(steps, Math.max(0, Math.floor(gate * steps) - 1));
  while (at <= steps && thetas[at] < gate) at++;
  return at;
}

// Indices of the points that no other beats in quality at no larger share, by rising share.
function frontOf({ shares, qualities }) {
  const order = [...shares.keys()].sort((a, b) => shares[a] - shares[b] || qualities[b] - qualities[a]);
  let best = -Infinity;
  return order.filter((i) => qualities[i] > best && ((best = qualities[i]), true));
}

const within = (curve, share) => frontOf(curve).filter((i) => curve.shares[i] <= share).pop() ?? null;
const reaching = (curve, quality) => frontOf(curve).find((i) => curve.qualities[i] >= quality) ?? null;

// A half of fewer tells nothing of what a choice is worth.
const enoughToChoose = (rows) => rowsBehind(rows) >= 2 * FEW;

// {theta, chosenOn, toldBy, told}: the θ that `pick` takes on the first half, measured on both, and the second half
// where every token reads; null where no θ fits.
function chooseTheta(rows, pick) {
  if (!enoughToChoose(rows)) return null;
  rows.halves ||= [halfOf(rows, 0), halfOf(rows, 1)];
  rows.halfCurve ||= curveOf(rows, rows.halves[0]);
  const at = pick(rows.halfCurve);
  if (at == null) return null;
  const theta = rows.halfCurve.thetas[at], states = statesAt(rows, theta);
  const [chosenOn, toldBy] = rows.halves.map((half) => measure(rows, states, half));
  return { theta, chosenOn, toldBy, told: measure(rows, statesAt(rows, 0), rows.halves[1]) };
}
