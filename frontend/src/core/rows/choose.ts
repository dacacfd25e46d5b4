/**
 * From a budget or a wanted quality to a θ. Every second row chooses, the others say what the choice is worth: a θ that
 * was picked because it did well on some rows looks better on them than it is.
 */
import { FEW, rowsBehind } from './intervals';
import { type Measured, measure } from './measure';
import { type Chosen, type Rows, eachRow, scoreOf, statesAt } from './rows';

const GRID_STEPS = 1000; // θs looked at between 0 and 1
const GRID_STEPS_OF_AREA = 50; // an area costs a ranking each

/** Quality and share of merged tokens at rising θs. */
export interface Curve {
  thetas: number[];
  shares: number[];
  qualities: number[];
}

export const halfOf = (rows: Rows, odd: 0 | 1): Int32Array =>
  Int32Array.from({ length: Math.floor((rows.N + 1 - odd) / 2) }, (_, i) => 2 * i + odd);

/** Quality and share at every θ of the grid: one pass over the gates for a mean. */
export function curveOf(rows: Rows, chosen: Chosen): Curve {
  const area = rows.metric === 'auc';
  const steps = area ? GRID_STEPS_OF_AREA : GRID_STEPS;
  const thetas = Array.from({ length: steps + 1 }, (_, i) => i / steps);
  if (!area) return { thetas, ...meanCurve(rows, chosen, thetas) };
  const points = thetas.map((theta) => measure(rows, statesAt(rows, theta), chosen));
  return { thetas, shares: points.map(({ share }) => share), qualities: points.map(({ quality }) => quality) };
}

function meanCurve(rows: Rows, chosen: Chosen, thetas: number[]): Omit<Curve, 'thetas'> {
  const steps = thetas.length - 1;
  const gain = new Float64Array(steps + 2);
  const closed = new Float64Array(steps + 2);
  let n = 0;
  let sum = 0;
  let able = 0;
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
  const shares: number[] = [];
  const qualities: number[] = [];
  for (let i = 0; i <= steps; i++) {
    sum += gain[i];
    left -= closed[i];
    qualities.push(sum / n);
    shares.push(able ? left / able : 0);
  }
  return { shares, qualities };
}

/** The smallest θ of the grid that is not below a gate: from it on the gate is closed. */
function firstAbove(thetas: number[], gate: number): number {
  const steps = thetas.length - 1;
  let at = Math.min(steps, Math.max(0, Math.floor(gate * steps) - 1));
  while (at <= steps && thetas[at] < gate) at++;
  return at;
}

/** The θ of the curve whose share is nearest; of several the one that is nearest to `from`. */
export function thetaAtShare({ thetas, shares }: Curve, share: number, from: number): number {
  const distance = (i: number) => Math.abs(shares[i] - share);
  const nearest = Math.min(...shares.map((_, i) => distance(i)));
  const candidates = thetas.filter((_, i) => distance(i) <= nearest + 1e-12);
  return candidates.reduce((best, theta) => (Math.abs(theta - from) < Math.abs(best - from) ? theta : best));
}

/** The θ of the curve at which the next larger (1) or smaller (−1) share is read; the same θ at an end. */
export function nextShare({ thetas, shares }: Curve, theta: number, way: 1 | -1): number {
  const at = thetas.findLastIndex((each) => each <= theta + 1e-9);
  for (let i = at - way; i >= 0 && i < thetas.length; i -= way)
    if (Math.abs(shares[i] - shares[at]) > 1e-9) return thetas[i];
  return theta;
}

/** Indices of the points that no other beats in quality at no larger share, by rising share. */
export function frontOf({ shares, qualities }: Curve): number[] {
  const order = [...shares.keys()].sort((a, b) => shares[a] - shares[b] || qualities[b] - qualities[a]);
  const front: number[] = [];
  for (const i of order) if (!front.length || qualities[i] > qualities[front.at(-1)!]) front.push(i);
  return front;
}

/** The best point that merges at most `share`; null where none does. */
export const bestWithin = (curve: Curve, share: number): number | null =>
  frontOf(curve)
    .filter((i) => curve.shares[i] <= share)
    .pop() ?? null;

/** The point of the smallest share that reaches `quality`; null where none does. */
export const cheapestReaching = (curve: Curve, quality: number): number | null =>
  frontOf(curve).find((i) => curve.qualities[i] >= quality) ?? null;

/** A half of fewer rows tells nothing of what a choice is worth. */
export const enoughToChoose = (rows: Rows): boolean => rowsBehind(rows) >= 2 * FEW;

export interface Halves {
  chooser: Int32Array;
  judge: Int32Array;
  /** Of the rows that choose. */
  curve: Curve;
}

export function halvesOf(rows: Rows): Halves {
  const chooser = halfOf(rows, 0);
  return { chooser, judge: halfOf(rows, 1), curve: curveOf(rows, chooser) };
}

/** A θ, measured on the rows that chose it and on those that did not; these also where every token reads. */
export interface Choice {
  theta: number;
  chosenOn: Measured;
  judgedOn: Measured;
  judgedReading: Measured;
}

/** The θ that `pick` takes on the first half; null where none fits. */
export function chooseTheta(rows: Rows, halves: Halves, pick: (curve: Curve) => number | null): Choice | null {
  if (!enoughToChoose(rows)) return null;
  const at = pick(halves.curve);
  if (at === null) return null;
  const theta = halves.curve.thetas[at];
  const states = statesAt(rows, theta);
  return {
    theta,
    chosenOn: measure(rows, states, halves.chooser),
    judgedOn: measure(rows, states, halves.judge),
    judgedReading: measure(rows, statesAt(rows, 0), halves.judge),
  };
}
