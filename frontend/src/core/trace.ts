/**
 * A trace as the page computes with it: the payload of dualroute/export/trace_payload.py with typed arrays.
 *
 * Shapes as in Python: T tokens of x, S of the context, C classes (of spans 2: start and end), R flows.
 */
import type { TracePayload, Written as WrittenPayload } from '../contracts';
import { unpack } from './arrays';
import { type Readout, readoutOf } from './readouts';

export interface Written extends Omit<WrittenPayload, 'attention'> {
  /** (N,T) */
  attention: Float32Array;
  /** Pieces. */
  N: number;
}

type Packed = 'gates' | 'pooling' | 'attention' | 'direct' | 'context' | 'bias' | 'written';

/** The arrays and sizes of a trace, which its readout is made from. */
export interface Sums extends Omit<TracePayload, Packed> {
  T: number;
  S: number;
  C: number;
  R: number;
  /** (T,R) */
  gates: Float32Array;
  /** (T,): how much a token counts in the answer. */
  pooling: Float32Array;
  /** (T,S) */
  attention: Float32Array;
  /** (T,C) */
  direct: Float32Array;
  /** (T,S,C) */
  context: Float32Array;
  /** (C,) */
  bias: Float32Array;
  /** (T,C): `context` summed over the context tokens. */
  read: Float64Array;
  /** (T,): how much the router wants a token to read. */
  reading: Float64Array;
  written: Written | null;
  /** The written piece whose reading is shown; -1: all of them on average. */
  piece: number;
}

export interface Trace extends Sums, Readout {
  /** What was computed of this trace once and does not change. */
  cache: TraceCache;
}

interface TraceCache {
  /** The trace without some context tokens, and which. */
  unread?: { key: string; trace: Trace };
  contextScales: Map<string, { read: number; gain: number }>;
  tracedWeights?: string;
  wordPlaces?: [number, number][] | null;
}

export function decode(payload: TracePayload): Trace {
  const sums: Sums = {
    ...payload,
    T: payload.tokens.length,
    S: payload.contextTokens.length,
    C: payload.labels.length,
    R: payload.flows.length,
    gates: unpack(payload.gates),
    pooling: unpack(payload.pooling),
    attention: unpack(payload.attention),
    direct: unpack(payload.direct),
    context: unpack(payload.context),
    bias: unpack(payload.bias),
    read: new Float64Array(),
    reading: new Float64Array(),
    written: payload.written && decodeWritten(payload.written),
    piece: -1,
  };
  sums.read = sumOverContext(sums);
  sums.reading = Float64Array.from({ length: sums.T }, (_, t) => readingGate(sums, t));
  return withReadout(sums);
}

export const decodeWritten = (written: WrittenPayload): Written => ({
  ...written,
  attention: unpack(written.attention),
  N: written.tokens.length,
});

/** The record without some context tokens: their K_ts leave the sum, and nothing else changes. */
export function ignoring(trace: Trace, ignored: ReadonlySet<number> | undefined): Trace {
  if (!ignored?.size) return trace;
  const key = [...ignored].sort((a, b) => a - b).join();
  if (trace.cache.unread?.key === key) return trace.cache.unread.trace;
  const sums: Sums = { ...trace, context: trace.context.slice(), attention: trace.attention.slice() };
  for (let t = 0; t < sums.T; t++)
    for (const s of ignored) {
      sums.context.fill(0, (t * sums.S + s) * sums.C, (t * sums.S + s + 1) * sums.C);
      sums.attention[t * sums.S + s] = 0;
    }
  sums.read = sumOverContext(sums);
  trace.cache.unread = { key, trace: withReadout(sums) };
  return trace.cache.unread.trace;
}

/** The readout's functions read the very object that they are part of, so that a change of `piece` reaches them. */
function withReadout(sums: Sums): Trace {
  return Object.assign(sums, readoutOf(sums), { cache: { contextScales: new Map() } });
}

function sumOverContext({ context, T, S, C }: Sums): Float64Array {
  const read = new Float64Array(T * C);
  for (let t = 0; t < T; t++)
    for (let s = 0; s < S; s++) for (let c = 0; c < C; c++) read[t * C + c] += context[(t * S + s) * C + c];
  return read;
}

function readingGate({ gates, R }: Sums, t: number): number {
  return R === 2 ? gates[t * 2 + 1] : gates[t * 3 + 1] + gates[t * 3 + 2];
}
