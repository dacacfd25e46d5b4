// 95 % intervals by resampling rows, as dualroute/evaluation/bootstrap.py does it: percentiles of the resampled statistic.
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
// Rows with the same values are one kind: a resample only counts how often each kind is drawn.
function* resampledMeans(lists, resamples = RESAMPLES) {
  const rows = lists[0].length, draw = drawer(rows), means = lists.map(() => new Float64Array(resamples));
  const { kind, values } = kindsOf(lists), counts = new Uint32Array(values.length);
  for (let k = 0; k < resamples; k++) {
    counts.fill(0);
    for (let i = 0; i < rows; i++) counts[kind[draw()]]++;
    lists.forEach((_, l) => {
      let sum = 0;
      for (let j = 0; j < counts.length; j++) sum += counts[j] * values[j][l];
      means[l][k] = sum / rows;
    });
    if (k % SLICE === SLICE - 1) yield null;
  }
  yield means.map(percentiles);
}

function kindsOf(lists) {
  const known = new Map(), values = [];
  const kind = Uint32Array.from({ length: lists[0].length }, (_, i) => {
    const row = lists.map((list) => list[i]), key = row.join();
    if (!known.has(key)) known.set(key, values.push(row) - 1);
    return known.get(key);
  });
  return { kind, values };
}

// The same of areas under the curve at two lists of states, of all rows or the chosen: [area, area, their difference].
function* resampledAreas(rows, lists, chosen = null, resamples = RESAMPLES / 2) {
  const picked = chosen || Int32Array.from({ length: rows.N }, (_, r) => r), draw = drawer(picked.length);
  const orders = lists.map((states) => Array.from(picked).sort((a, b) => rows.margins[states[a]] - rows.margins[states[b]]));
  const weights = new Uint16Array(rows.N), found = lists.map(() => new Float64Array(resamples));
  for (let k = 0; k < resamples; k++) {
    weights.fill(0);
    for (let i = 0; i < picked.length; i++) weights[picked[draw()]]++;
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
