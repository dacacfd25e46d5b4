/**
 * The tokens of given answers before a gate of a language model, at any θ. The arithmetic of
 * dualroute/evaluation/passage_gates.py for the page; golden data holds them equal.
 *
 * A score is a negative log-likelihood in nats per token: lower is better.
 */
import type { GateRowsPayload } from '../../contracts';
import { bytesOf, sumOf, unpack } from '../arrays';
import type { Curve } from './choose';

export type Control = 'entropy' | 'divergence';

export interface GateRows {
  payload: GateRowsPayload;
  /** (R+1,) the first token of each row; (R,) its group and its question. */
  starts: Int32Array;
  group: Int16Array;
  question: Int32Array;
  /** (N,) by token. direct, merged: in nats. */
  gates: Float32Array;
  direct: Float64Array;
  merged: Float64Array;
  controls: Record<Control, Float32Array>;
}

/** The tokens of some rows. */
export interface GatePart {
  of: GateRows;
  /** The rows, and the question of each among Q. */
  rows: number[];
  Q: number;
  /** (n,) by token: its place among all, the place of its row in `rows`, its question. */
  tokens: Int32Array;
  row: Int32Array;
  question: Int32Array;
  gates: Float32Array;
  direct: Float64Array;
  merged: Float64Array;
  /** Tokens in the order in which a control lets them read. */
  order: Record<Control | 'oracle', Int32Array>;
}

/** A gate at a θ beside the controls that let the same share of tokens read. */
export interface AtGate {
  theta: number;
  n: number;
  share: number;
  /** Share of rows in which a token reads. */
  reading: number;
  nll: number;
  direct: number;
  merged: number;
  random: number;
  static: number;
  entropy: number;
  divergence: number;
  oracle: number;
}

const GRID_STEPS = 1000; // θs looked at between 0 and 1

export function decodeGateRows(payload: GateRowsPayload): GateRows {
  const lengths = new Int32Array(bytesOf(payload.lengths));
  const starts = new Int32Array(lengths.length + 1);
  lengths.forEach((length, r) => (starts[r + 1] = starts[r] + length));
  const nats = (text: string) => Float64Array.from(unpack(text), (log) => -log);
  return {
    payload,
    starts,
    group: new Int16Array(bytesOf(payload.group)),
    question: new Int32Array(bytesOf(payload.question)),
    gates: unpack(payload.gates),
    direct: nats(payload.direct),
    merged: nats(payload.merged),
    controls: { entropy: unpack(payload.controls.entropy), divergence: unpack(payload.controls.divergence) },
  };
}

/** The rows of a group, of all groups for the last; half: those of every second question alone. */
export function gatePart(of: GateRows, group: number, half: 0 | 1 | null = null): GatePart {
  const all = group === of.payload.groups.length - 1;
  const rows = [...of.group.keys()].filter(
    (r) => (all || of.group[r] === group) && (half === null || of.question[r] % 2 === half),
  );
  const tokens: number[] = [];
  const row: number[] = [];
  const question: number[] = [];
  const numbers = new Map<number, number>();
  rows.forEach((r, place) => {
    const number = numbers.get(of.question[r]) ?? numbers.size;
    numbers.set(of.question[r], number);
    for (let t = of.starts[r]; t < of.starts[r + 1]; t++) {
      tokens.push(t);
      row.push(place);
      question.push(number);
    }
  });
  const take = <A extends Float32Array | Float64Array>(values: A) => values.constructor as unknown as ArrayOf<A>;
  const part = <A extends Float32Array | Float64Array>(values: A): A => take(values).from(tokens, (t) => values[t]);
  const [direct, merged] = [part(of.direct), part(of.merged)];
  return {
    of,
    rows,
    Q: numbers.size,
    tokens: Int32Array.from(tokens),
    row: Int32Array.from(row),
    question: Int32Array.from(question),
    gates: part(of.gates),
    direct,
    merged,
    order: {
      entropy: byFalling(part(of.controls.entropy)),
      divergence: byFalling(part(of.controls.divergence)),
      oracle: byFalling(tokens.map((t) => Math.fround(of.direct[t] - of.merged[t]))),
    },
  };
}

interface ArrayOf<A> {
  from(tokens: number[], value: (token: number) => number): A;
}

/** Places by falling value; of equal ones the first first. */
const byFalling = (values: ArrayLike<number>): Int32Array =>
  Int32Array.from(Array(values.length).keys()).sort((a, b) => values[b] - values[a] || a - b);

/** (n,) whether a token reads; gates are single precision, and so is the θ they are compared with. */
export const gateReads = ({ gates }: GatePart, theta: number): Uint8Array =>
  Uint8Array.from(gates, (gate) => +(gate > Math.fround(theta)));

/** (n,) nats of each token: of those that read with the passage. */
export const natsOf = ({ direct, merged }: GatePart, reads: ArrayLike<number>): Float64Array =>
  direct.map((nats, t) => (reads[t] ? merged[t] : nats));

/** (n,) which tokens read where a control lets `count` of them. */
export function controlReads(part: GatePart, control: Control | 'oracle', count: number): Uint8Array {
  const reads = new Uint8Array(part.gates.length);
  for (let i = 0; i < count; i++) reads[part.order[control][i]] = 1;
  return reads;
}

/** (n,) nats of each token where all are mixed by the same weight of reading. */
export const staticNats = ({ direct, merged }: GatePart, rho: number): Float64Array =>
  direct.map((nats, t) => {
    const top = Math.min(nats, merged[t]);
    return top - Math.log((1 - rho) * Math.exp(top - nats) + rho * Math.exp(top - merged[t]));
  });

/** (n,) what random reading of a share costs on average. */
export const randomNats = ({ direct, merged }: GatePart, share: number): Float64Array =>
  direct.map((nats, t) => (1 - share) * nats + share * merged[t]);

export const mean = (values: Float64Array): number => sumOf(values) / values.length;

export function measureGate(part: GatePart, theta: number): AtGate {
  const reads = gateReads(part, theta);
  const count = reads.reduce((sum, read) => sum + read, 0);
  const share = count / reads.length;
  const reading = new Set<number>();
  reads.forEach((read, t) => read && reading.add(part.row[t]));
  const of = (control: Control | 'oracle') => mean(natsOf(part, controlReads(part, control, count)));
  return {
    theta,
    n: reads.length,
    share,
    reading: reading.size / part.rows.length,
    nll: mean(natsOf(part, reads)),
    direct: mean(part.direct),
    merged: mean(part.merged),
    random: mean(randomNats(part, share)),
    static: mean(staticNats(part, share)),
    entropy: of('entropy'),
    divergence: of('divergence'),
    oracle: of('oracle'),
  };
}

/** Share and quality, which is minus the nats, at every θ of the grid. */
export function gateCurve(part: GatePart): Curve {
  const order = [...part.gates.keys()].sort((a, b) => part.gates[a] - part.gates[b]);
  const thetas = Array.from({ length: GRID_STEPS + 1 }, (_, i) => i / GRID_STEPS);
  const n = order.length;
  let closed = 0;
  let sum = part.merged.reduce((all, nats) => all + nats, 0);
  const shares: number[] = [];
  const qualities: number[] = [];
  for (const theta of thetas) {
    for (; closed < n && part.gates[order[closed]] <= Math.fround(theta); closed++)
      sum += part.direct[order[closed]] - part.merged[order[closed]];
    shares.push((n - closed) / n);
    qualities.push(-sum / n);
  }
  return { thetas, shares, qualities };
}

/** What a control reaches with each number of tokens that read, from none to all: (n+1,) nats. */
export function controlCurve(part: GatePart, control: Control | 'oracle'): number[] {
  const n = part.direct.length;
  let sum = part.direct.reduce((all, nats) => all + nats, 0);
  const nats = [sum / n];
  for (const t of part.order[control]) {
    sum += part.merged[t] - part.direct[t];
    nats.push(sum / n);
  }
  return nats;
}

/** A row whose answer becomes likelier or less likely between two θs; nats: per token. */
export interface RowChange {
  row: number;
  tokens: number;
  reads: [number, number];
  nats: [number, number];
}

/** The rows that change, the largest change first. */
export function gateChanges(part: GatePart, one: number, other: number): RowChange[] {
  const [before, after] = [one, other].map((theta) => gateReads(part, theta));
  const changes = part.rows.map((row): RowChange => ({ row, tokens: 0, reads: [0, 0], nats: [0, 0] }));
  part.row.forEach((place, t) => {
    const change = changes[place];
    change.tokens++;
    [before, after].forEach((reads, i) => {
      change.reads[i] += reads[t];
      change.nats[i] += reads[t] ? part.merged[t] : part.direct[t];
    });
  });
  for (const change of changes) change.nats = change.nats.map((nats) => nats / change.tokens) as [number, number];
  const size = ({ nats: [a, b] }: RowChange) => Math.abs(b - a);
  return changes.filter(({ nats: [a, b] }) => a !== b).sort((a, b) => size(b) - size(a));
}
