// 95 % intervals by resampling rows, as dualroute/training/bootstrap.py does it: percentiles of the resampled statistic.
// The draws are seeded: the same rows give the same interval. They are made in slices, so that the page stays alive.
const RESAMPLES = 1000, SLICE = 50;

// A small generator (xorshift, Marsaglia 2003): whole numbers below `rows`.
function drawer(rows, seed = 2463534242) {
  let x = seed;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % rows;
  };
}

// For each list of values (N,) the interval of its mean; the lists share their draws, so that differences are paired.
function* resampledMeans(lists, resamples = RESAMPLES) {
  const rows = lists[0].length, draw = drawer(rows), means = lists.map(() => new Float64Array(resamples));
  for (let k = 0; k < resamples; k++) {
    const sums = new Float64Array(lists.length);
    for (let i = 0; i < rows; i++) {
      const row = draw();
      for (let l = 0; l < lists.length; l++) sums[l] += lists[l][row];
    }
    sums.forEach((sum, l) => { means[l][k] = sum / rows; });
    if (k % SLICE === SLICE - 1) yield null;
  }
  yield means.map(percentiles);
}

// The same of areas under the curve at several lists of states: [area, area, …, difference of the first two].
function* resampledAreas(rows, lists, resamples = RESAMPLES / 2) {
  const draw = drawer(rows.N), found = lists.map(() => new Float64Array(resamples));
  const orders = lists.map((states) => {
    const order = Array.from({ length: rows.N }, (_, r) => r);
    return order.sort((a, b) => rows.margins[states[a]] - rows.margins[states[b]]);
  });
  for (let k = 0; k < resamples; k++) {
    const weights = new Uint16Array(rows.N);
    for (let i = 0; i < rows.N; i++) weights[draw()]++;
    lists.forEach((states, l) => { found[l][k] = sortedArea(rows, states, orders[l], weights); });
    if (k % 10 === 9) yield null;
  }
  const gains = found[0].map((area, k) => area - found[1][k]);
  yield [...found, gains].map(percentiles);
}

function percentiles(values) {
  const sorted = Float64Array.from(values).filter((value) => value === value).sort();
  const at = (q) => {
    const place = q * (sorted.length - 1), low = Math.floor(place);
    return sorted[low] + (place - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
  };
  return [at(0.025), at(0.975)];
}

// Run a generator slice by slice; what it yields last goes to `done`. Returns a function that gives it up.
function inSlices(work, done) {
  let timer = 0;
  const go = () => {
    const { value } = work.next();
    if (value) done(value);
    else timer = setTimeout(go, 0);
  };
  timer = setTimeout(go, 0);
  return () => clearTimeout(timer);
}

// Intervals of the quality at a θ and of its difference to another θ: done({quality, difference}).
function intervalsOf(rows, states, other, done) {
  if (rows.metric === 'auc') {
    return inSlices(resampledAreas(rows, [states, other]), ([quality, , difference]) => done({ quality, difference }));
  }
  const scores = Float32Array.from({ length: rows.N }, (_, r) => scoreOf(rows, r, states[r]));
  const gains = scores.map((score, r) => score - scoreOf(rows, r, other[r]));
  return inSlices(resampledMeans([scores, gains]), ([quality, difference]) => done({ quality, difference }));
}
