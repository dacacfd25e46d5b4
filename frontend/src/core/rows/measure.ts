/** What rows come to in given states: quality, tokens merged, costs, calibration, changes. */
import { type Chosen, type Rows, confidenceIn, eachRow, readIn, scoreOf } from './rows';

export interface Measured {
  n: number;
  /** Mean score, or area under the curve. */
  quality: number;
  /** Share of tokens merged, of those that could read. */
  share: number;
  /** Share of rows in which a token reads. */
  reading: number;
  /** Operations of all rows as a share of those of reading always; null where they do not depend on θ. */
  compute: number | null;
}

export function measure(rows: Rows, states: Int32Array, chosen: Chosen = null): Measured {
  let n = 0;
  let spent = 0;
  let able = 0;
  let reading = 0;
  let sum = 0;
  eachRow(rows, chosen, (r) => {
    n++;
    if (rows.metric !== 'auc') sum += scoreOf(rows, r, states[r]);
    if (!rows.readable[r]) return;
    const read = readIn(rows, r, states[r]);
    able += rows.lengths[r];
    spent += read;
    if (read) reading++;
  });
  return {
    n,
    quality: rows.metric === 'auc' ? areaOf(rows, states, chosen) : sum / n,
    share: able ? spent / able : 0,
    reading: reading / n,
    compute: chosen ? null : computeOf(rows, states),
  };
}

export function computeOf(rows: Rows, states: Int32Array): number | null {
  const { N, operations, readable } = rows;
  if (!operations) return null;
  let spent = 0;
  let always = 0;
  for (let r = 0; r < N; r++) {
    const able = readable[r] ? 1 : 0;
    const read = able && readIn(rows, r, states[r]) > 0 ? 1 : 0;
    spent += operations[2 * r + read];
    always += operations[2 * r + able];
  }
  return spent / always;
}

/** Mann-Whitney: how often a row of the second class stands above one of the first; ties count half. */
export function areaOf(rows: Rows, states: Int32Array, chosen: Chosen): number {
  return sortedArea(rows, states, byMargin(rows, states, chosen), null);
}

/** The rows by rising margin. */
export function byMargin(rows: Rows, states: Int32Array, chosen: Chosen): number[] {
  const { margins } = rows;
  if (!margins) throw new Error('these rows have no margins');
  const order: number[] = [];
  eachRow(rows, chosen, (r) => order.push(r));
  return order.sort((a, b) => margins[states[a]] - margins[states[b]]);
}

/** The area of rows in the order of their margins; weights (N,): how often each counts. */
export function sortedArea(rows: Rows, states: Int32Array, order: number[], weights: Uint16Array | null): number {
  const margins = rows.margins!;
  let below = 0;
  let beaten = 0;
  let positives = 0;
  for (let i = 0; i < order.length;) {
    let j = i;
    let up = 0;
    let down = 0;
    const margin = margins[states[order[i]]];
    for (; j < order.length && margins[states[order[j]]] === margin; j++) {
      const weight = weights ? weights[order[j]] : 1;
      if (rows.right[order[j]] === 1) up += weight;
      else down += weight;
    }
    beaten += up * (below + down / 2);
    positives += up;
    below += down;
    i = j;
  }
  return positives && below ? beaten / (positives * below) : NaN;
}

export interface Calibration {
  counts: number[];
  confidence: number[];
  accuracy: number[];
  /** The expected calibration error. */
  error: number;
}

/** Reliability in bins of equal width. */
export function calibrationOf(rows: Rows, states: Int32Array, bins = 10): Calibration {
  const counts = Array<number>(bins).fill(0);
  const confidence = Array<number>(bins).fill(0);
  const accuracy = Array<number>(bins).fill(0);
  for (let r = 0; r < rows.N; r++) {
    const probability = confidenceIn(rows, states[r]);
    const bin = Math.min(bins - 1, Math.floor(probability * bins));
    counts[bin]++;
    confidence[bin] += probability;
    accuracy[bin] += scoreOf(rows, r, states[r]);
  }
  let error = 0;
  for (let b = 0; b < bins; b++) error += Math.abs(accuracy[b] - confidence[b]) / rows.N;
  const mean = (sums: number[]) => sums.map((sum, b) => (counts[b] ? sum / counts[b] : NaN));
  return { counts, confidence: mean(confidence), accuracy: mean(accuracy), error };
}

export type ChangeKind = 'worse' | 'better' | 'other';

/** Rows whose answer changes between two θs, by what it does to them; `other` answers differently but as well. */
export type Changes = Record<ChangeKind, number[]> & { same: number };

export function changesOf(rows: Rows, before: Int32Array, after: Int32Array): Changes {
  const changes: Changes = { worse: [], better: [], other: [], same: 0 };
  for (let r = 0; r < rows.N; r++) {
    if (rows.answers[before[r]] === rows.answers[after[r]]) {
      changes.same++;
      continue;
    }
    const gain = scoreOf(rows, r, after[r]) - scoreOf(rows, r, before[r]);
    changes[gain < 0 ? 'worse' : gain > 0 ? 'better' : 'other'].push(r);
  }
  return changes;
}
