/**
 * Evaluation rows at any θ. The arithmetic of dualroute/rows/threshold_index.py for the page; golden data holds them equal.
 *
 * N rows with M tokens have M + N states: a row of T tokens has state 0, in which all of them read, and one more for each
 * gate that θ has passed.
 */
import type { FacetPayload, RowTexts, RowsPayload } from '../../contracts';
import { bytesOf } from '../arrays';

export interface Facet extends Omit<FacetPayload, 'codes'> {
  /** (N,): the part that each row belongs to. */
  codes: Int16Array;
}

export interface RowText extends RowTexts {
  /** Asked for, and not in the data folder. */
  missing?: boolean;
}

type Packed =
  'lengths' | 'readable' | 'gates' | 'answers' | 'confidence' | 'scores' | 'margins' | 'right' | 'operations';

export interface Rows extends Omit<RowsPayload, Packed | 'facets' | 'texts' | 'entries'> {
  payload: RowsPayload;
  N: number;
  /** (N,) tokens of a row; (N+1,) its first state and its first token. */
  lengths: Int32Array;
  first: Int32Array;
  starts: Int32Array;
  /** (M,) in rising order within a row. */
  gates: Float32Array;
  /** (N,) whether there is anything to read; (N,) the right answer. */
  readable: Uint8Array;
  right: Int16Array;
  /** (M+N,) by state: the answer, its probability times 65535, its grade, the margin of the second class. */
  answers: Int32Array | Uint8Array;
  confidence: Uint16Array;
  scores: Float32Array | null;
  margins: Float32Array | null;
  /** Of row r at 2r, where it reads at 2r + 1. */
  operations: Float32Array | null;
  facets: Facet[];
  texts: Record<string, RowText>;
  entries: Entry[];
}

/** A difference with its 95% interval. */
export interface Difference {
  difference: number;
  ci: [number, number];
}

/** A stored θ beside gates that do not depend on the text, at the same share. */
export interface Entry {
  theta: number;
  share: number;
  random: number;
  randomCi: [number, number];
  static: Record<string, number>;
  minusRandom: Difference;
  minusStatic: Difference;
  minusDirect?: Difference;
}

export function decodeRows(payload: RowsPayload): Rows {
  const lengths = new Int32Array(bytesOf(payload.lengths));
  const N = lengths.length;
  const first = new Int32Array(N + 1);
  const starts = new Int32Array(N + 1);
  for (let r = 0; r < N; r++) {
    starts[r + 1] = starts[r] + lengths[r];
    first[r + 1] = first[r] + lengths[r] + 1;
  }
  const floats = (text: string | null) => (text ? new Float32Array(bytesOf(text)) : null);
  const answers = bytesOf(payload.answers);
  return {
    ...payload,
    payload,
    N,
    lengths,
    first,
    starts,
    gates: new Float32Array(bytesOf(payload.gates)),
    readable: new Uint8Array(bytesOf(payload.readable)),
    right: new Int16Array(bytesOf(payload.right)),
    answers: payload.wide ? new Int32Array(answers) : new Uint8Array(answers),
    confidence: new Uint16Array(bytesOf(payload.confidence)),
    scores: floats(payload.scores),
    margins: floats(payload.margins),
    operations: floats(payload.operations),
    facets: payload.facets.map((facet) => ({ ...facet, codes: new Int16Array(bytesOf(facet.codes)) })),
    texts: { ...payload.texts },
    entries: payload.entries as unknown as Entry[],
  };
}

/** (N,) the state of every row at θ: its first one, and one more for every gate g <= θ. */
export function statesAt({ N, first, starts, gates }: Rows, theta: number): Int32Array {
  const states = new Int32Array(N);
  for (let r = 0; r < N; r++) {
    let t = starts[r];
    while (t < starts[r + 1] && gates[t] <= theta) t++;
    states[r] = first[r] + t - starts[r];
  }
  return states;
}

/** Tokens of row r that read in a state. */
export const readIn = (rows: Rows, r: number, state: number): number => rows.first[r] + rows.lengths[r] - state;

/** How good row r's answer is in a state: 1 or 0 for a class, a grade for a span. */
export const scoreOf = (rows: Rows, r: number, state: number): number =>
  rows.scores ? rows.scores[state] : +(rows.answers[state] === rows.right[r]);

export const confidenceIn = (rows: Rows, state: number): number => rows.confidence[state] / 65535;

/** Some of the rows by index, or null for all. */
export type Chosen = ArrayLike<number> | null;

export function eachRow(rows: Rows, chosen: Chosen, visit: (r: number) => void): void {
  const n = chosen ? chosen.length : rows.N;
  for (let i = 0; i < n; i++) visit(chosen ? chosen[i] : i);
}

/** What is answered in a state. A span's code has its first token above twelve bits and its last below: rows/states.py. */
export function answerName(rows: Rows, state: number): string {
  const answer = rows.answers[state];
  if (!rows.spans) return rows.labels[answer];
  const first = answer >> 12;
  const last = answer & 4095;
  return first === last ? `token ${first + 1}` : `tokens ${first + 1}–${last + 1}`;
}
