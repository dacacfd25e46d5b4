// Evaluation rows at any θ. The arithmetic of dualroute/rows/threshold_index.py for the page; a test holds them equal.
function bytesOf(text) {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
}

const optional = (text, Kind) => (text ? new Kind(bytesOf(text)) : null);

// Payload of export/thresholds_payload.py -> rows with typed arrays: N rows, M tokens, M + N states.
function decodeRows(payload) {
  const lengths = new Int32Array(bytesOf(payload.lengths)), N = lengths.length;
  const first = new Int32Array(N + 1), starts = new Int32Array(N + 1); // of the states, and of the tokens
  for (let r = 0; r < N; r++) { starts[r + 1] = starts[r] + lengths[r]; first[r + 1] = first[r] + lengths[r] + 1; }
  const rows = {
    ...payload, payload, N, lengths, first, starts,
    gates: new Float32Array(bytesOf(payload.gates)),
    readable: new Uint8Array(bytesOf(payload.readable)),
    answers: payload.wide ? new Int32Array(bytesOf(payload.answers)) : new Uint8Array(bytesOf(payload.answers)),
    confidence: new Uint16Array(bytesOf(payload.confidence)),
    right: new Int16Array(bytesOf(payload.right)),
    scores: optional(payload.scores, Float32Array),
    margins: optional(payload.margins, Float32Array),
    operations: optional(payload.operations, Float32Array), // of row r at 2r, where it reads at 2r + 1
    facets: payload.facets.map((facet) => ({ ...facet, codes: new Int16Array(bytesOf(facet.codes)) })),
  };
  rows.tokens = countTokens(rows, null);
  return rows;
}

// State of every row at θ: its state 0, in which all tokens read, and one more for every gate g <= θ.
function statesAt({ N, first, starts, gates }, theta) {
  const states = new Int32Array(N);
  for (let r = 0; r < N; r++) {
    let t = starts[r];
    while (t < starts[r + 1] && gates[t] <= theta) t++;
    states[r] = first[r] + t - starts[r];
  }
  return states;
}

const readIn = (rows, r, state) => rows.first[r] + rows.lengths[r] - state; // tokens of row r that read

// How good row r's answer is in a state: 1 or 0 for a class, a grade for a span.
function scoreOf(rows, r, state) {
  return rows.scores ? rows.scores[state] : +(rows.answers[state] === rows.right[r]);
}

// chosen: indices of rows, or null for all.
const eachRow = (rows, chosen, visit) => {
  if (chosen) for (const r of chosen) visit(r);
  else for (let r = 0; r < rows.N; r++) visit(r);
};

function countTokens(rows, chosen) {
  let tokens = 0;
  eachRow(rows, chosen, (r) => { if (rows.readable[r]) tokens += rows.lengths[r]; });
  return tokens;
}

// {n, quality, share, reading, compute}: mean score or area under the curve, tokens merged, rows in which a token reads,
// and of all rows what they cost.
function measure(rows, states, chosen = null) {
  let n = 0, spent = 0, able = 0, reading = 0, sum = 0;
  eachRow(rows, chosen, (r) => {
    n++;
    if (rows.metric !== 'auc') sum += scoreOf(rows, r, states[r]);
    if (!rows.readable[r]) return;
    const read = readIn(rows, r, states[r]);
    able += rows.lengths[r];
    spent += read;
    if (read) reading++;
  });
  const quality = rows.metric === 'auc' ? areaOf(rows, states, chosen) : sum / n;
  return { n, quality, share: able ? spent / able : 0, reading: reading / n, compute: chosen ? null : computeOf(rows, states) };
}

// Operations of all rows as a share of those of reading always; null where they do not depend on θ.
function computeOf(rows, states) {
  if (!rows.operations) return null;
  let spent = 0, always = 0;
  for (let r = 0; r < rows.N; r++) {
    const able = rows.readable[r] ? 1 : 0, read = able && readIn(rows, r, states[r]) > 0 ? 1 : 0;
    spent += rows.operations[2 * r + read];
    always += rows.operations[2 * r + able];
  }
  return spent / always;
}

// Mann-Whitney: how often a row of the second class stands above one of the first; ties count half.
function areaOf(rows, states, chosen, weights = null) {
  const order = [];
  eachRow(rows, chosen, (r) => order.push(r));
  order.sort((a, b) => rows.margins[states[a]] - rows.margins[states[b]]);
  return sortedArea(rows, states, order, weights);
}

function sortedArea(rows, states, order, weights) {
  let below = 0, beaten = 0, positives = 0;
  for (let i = 0; i < order.length;) {
    let j = i, up = 0, down = 0;
    const margin = rows.margins[states[order[i]]];
    for (; j < order.length && rows.margins[states[order[j]]] === margin; j++) {
      const weight = weights ? weights[order[j]] : 1;
      if (rows.right[order[j]] === 1) up += weight; else down += weight;
    }
    beaten += up * (below + down / 2);
    positives += up;
    below += down;
    i = j;
  }
  return positives && below ? beaten / (positives * below) : NaN;
}

// Reliability: {counts, confidence, accuracy, error} in bins of equal width; error is the expected calibration error.
function calibrationOf(rows, states, bins = 10) {
  const counts = Array(bins).fill(0), confidence = Array(bins).fill(0), accuracy = Array(bins).fill(0);
  for (let r = 0; r < rows.N; r++) {
    const p = rows.confidence[states[r]] / 65535, bin = Math.min(bins - 1, Math.floor(p * bins));
    counts[bin]++;
    confidence[bin] += p;
    accuracy[bin] += scoreOf(rows, r, states[r]);
  }
  let error = 0;
  counts.forEach((n, b) => { error += Math.abs(accuracy[b] - confidence[b]) / rows.N; });
  const mean = (sums) => sums.map((sum, b) => (counts[b] ? sum / counts[b] : NaN));
  return { counts, confidence: mean(confidence), accuracy: mean(accuracy), error };
}

// Between two θs: {worse, better, other, same} lists of rows; `other` answers differently but as well.
function changesOf(rows, before, after) {
  const kinds = { worse: [], better: [], other: [], same: 0 };
  for (let r = 0; r < rows.N; r++) {
    if (rows.answers[before[r]] === rows.answers[after[r]]) { kinds.same++; continue; }
    const gain = scoreOf(rows, r, after[r]) - scoreOf(rows, r, before[r]);
    kinds[gain < 0 ? 'worse' : gain > 0 ? 'better' : 'other'].push(r);
  }
  return kinds;
}
