/** Arrays as they travel: base64 of little-endian numbers. */
export function bytesOf(text: string): ArrayBuffer {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;
}

export const unpack = (text: string): Float32Array => new Float32Array(bytesOf(text));

export const sumOf = (values: Iterable<number>): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
};

/** Index of the first largest value. */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

export function softmax(logits: ArrayLike<number>): number[] {
  const top = Math.max(...Array.from(logits));
  const exponentials = Array.from(logits, (z) => Math.exp(z - top));
  const total = sumOf(exponentials);
  return exponentials.map((value) => value / total);
}

/** Indices by falling value. */
export const byLargest = (values: ArrayLike<number>): number[] =>
  [...Array(values.length).keys()].sort((a, b) => values[b] - values[a]);

/** The largest size of the scores, never 0, so that bars can be divided by it. */
export const largestSize = (values: ArrayLike<number>): number =>
  Math.max(1e-12, ...Array.from(values, (value) => Math.abs(value)));

/** Closer than rounding can tell apart: of the two largest logits. */
export function isTie(logits: ArrayLike<number>): boolean {
  const sorted = Array.from(logits).sort((a, b) => b - a);
  return sorted[0] - sorted[1] <= 1e-5 * Math.max(1, ...sorted.map(Math.abs));
}

/** A quantile between the two nearest of sorted values, as numpy does it. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
