// 95 % intervals of a quality and of what it differs from another: by resampling where that tells something, in closed
// form where it cannot: resampling two rows that are both right would say that 100 % of all rows are.
const Z = 1.959964, FEW = 10; // right, wrong, changed rows: of fewer the resamples see too few kinds

// Wilson (1927): of a share seen in n rows. Sound for a mean of grades from 0 to 1 too: none varies more than a share.
function wilson(share, n) {
  const z = (Z * Z) / n, middle = share + z / 2, arm = Z * Math.sqrt((share * (1 - share)) / n + z / (4 * n));
  return [Math.max(0, (middle - arm) / (1 + z)), Math.min(1, (middle + arm) / (1 + z))];
}

// Of a difference in which `worse` and `better` of n rows changed: what both shares may be. A grade may change by less
// than 1, so there each only bounds its own side.
function changedInterval(worse, better, n, graded) {
  const [lost, won] = [wilson(worse / n, n), wilson(better / n, n)];
  return graded ? [-lost[1], won[1]] : [won[0] - lost[1], won[1] - lost[0]];
}

// Closed forms for a table of parts, which cannot wait for resamples. A mean's difference is about normal once enough
// rows changed; of an area none is known here: null.
function partIntervals(rows, states, other, chosen) {
  const n = rowsBehind(rows, chosen), quality = n ? wilson(measure(rows, states, chosen).quality, n) : null;
  if (rows.metric === 'auc') return { quality, difference: null };
  const gains = chosen.map((r) => scoreOf(rows, r, states[r]) - scoreOf(rows, r, other[r]));
  const worse = gains.filter((gain) => gain < 0).length, better = gains.filter((gain) => gain > 0).length;
  if (worse + better < 2 * FEW) return { quality, difference: changedInterval(worse, better, n, !!rows.scores) };
  const mean = gains.reduce((a, b) => a + b, 0) / n, arm = Z * Math.sqrt(gains.reduce((a, b) => a + (b - mean) ** 2, 0)) / n;
  return { quality, difference: [mean - arm, mean + arm] };
}

// How many rows a quality speaks for: of an area the smaller class, since its variance is at most A (1 − A) over that
// (Birnbaum and Klose 1957).
function rowsBehind(rows, chosen = null) {
  let n = 0, positive = 0;
  eachRow(rows, chosen, (r) => { n++; if (rows.right[r] === 1) positive++; });
  return rows.metric === 'auc' ? Math.min(positive, n - positive) : n;
}

const tooFew = (quality, n) => Math.min(quality, 1 - quality) * n < FEW;

// Intervals of the quality at a θ and of its difference to another θ: done({quality, difference}).
function intervalsOf(rows, states, other, done, chosen = null) {
  return rows.metric === 'auc' ? areaIntervals(rows, states, other, done, chosen) : meanIntervals(rows, states, other, done, chosen);
}

function meanIntervals(rows, states, other, done, chosen) {
  const scores = [], gains = [];
  eachRow(rows, chosen, (r) => {
    scores.push(scoreOf(rows, r, states[r]));
    gains.push(scores[scores.length - 1] - scoreOf(rows, r, other[r]));
  });
  const n = scores.length, mean = scores.reduce((a, b) => a + b, 0) / n;
  const worse = gains.filter((gain) => gain < 0).length, better = gains.filter((gain) => gain > 0).length;
  return inSlices(resampledMeans([scores, gains]), ([quality, difference]) => done({
    quality: tooFew(mean, n) ? wilson(mean, n) : quality,
    difference: worse + better < 2 * FEW ? changedInterval(worse, better, n, !!rows.scores) : difference,
  }));
}

function areaIntervals(rows, states, other, done, chosen) {
  const n = rowsBehind(rows, chosen), [area, before] = [states, other].map((s) => areaOf(rows, s, chosen));
  if (!n) return inSlices([{ quality: [0, 1], difference: [-1, 1] }].values(), done);
  if (n < FEW) {
    const [here, there] = [wilson(area, n), wilson(before, n)];
    return inSlices([{ quality: here, difference: [here[0] - there[1], here[1] - there[0]] }].values(), done);
  }
  return inSlices(resampledAreas(rows, [states, other], chosen), ([quality, , difference]) =>
    done({ quality: tooFew(area, n) ? wilson(area, n) : quality, difference }));
}
