/** Rows with what was computed of them once and does not change with θ. */
import { type Curve, type Halves, curveOf, halvesOf } from '../core/rows/choose';
import { type Measured, measure } from '../core/rows/measure';
import { type Rows, statesAt } from '../core/rows/rows';

/** Quality and operations at a stored θ. */
export interface Price {
  theta: number;
  cost: number;
  quality: number;
}

export interface Study {
  rows: Rows;
  /** States where every token reads, and where none does. */
  reading: Int32Array;
  closed: Int32Array;
  /** Measured where every token reads. */
  all: Measured;
  halves(): Halves;
  curve(): Curve;
  /** By rising cost. */
  prices(): Price[];
}

export function makeStudy(rows: Rows): Study {
  const reading = statesAt(rows, 0);
  return {
    rows,
    reading,
    closed: statesAt(rows, 1),
    all: measure(rows, reading),
    halves: once(() => halvesOf(rows)),
    curve: once(() => curveOf(rows, null)),
    prices: once(() => pricesOf(rows)),
  };
}

function pricesOf(rows: Rows): Price[] {
  const prices = rows.entries.map(({ theta }) => {
    const { compute, quality } = measure(rows, statesAt(rows, theta));
    return { theta, cost: compute ?? 1, quality };
  });
  return prices.sort((a, b) => a.cost - b.cost);
}

function once<T>(compute: () => T): () => T {
  let result: { value: T } | null = null;
  return () => (result ??= { value: compute() }).value;
}
