/**
 * 95 % intervals of means over tokens, by resampling questions: the rows of one question share its answer. As
 * dualroute/evaluation/passage_gates.py does it, with other draws.
 */
import { sumOf } from '../arrays';
import { type GatePart, controlReads, gateReads, natsOf, randomNats } from './gate_rows';
import { type Interval, type Values, inSlices, resampledRatios } from './resample';

/** Of the nats at a θ, of the share that reads, and of the nats minus those of the others, at the same share. */
export interface GateIntervals {
  nll: Interval;
  share: Interval;
  direct: Interval;
  merged: Interval;
  random: Interval;
  entropy: Interval;
  divergence: Interval;
  oracle: Interval;
}

const NAMES = ['nll', 'share', 'direct', 'merged', 'random', 'entropy', 'divergence', 'oracle'] as const;

/** Handed to `done` when they are there. Returns a function that gives them up. */
export function gateIntervals(part: GatePart, theta: number, done: (intervals: GateIntervals) => void): () => void {
  const reads = gateReads(part, theta);
  const count = sumOf(reads);
  const own = natsOf(part, reads);
  const minus = (other: Values) => own.map((nats, t) => nats - other[t]);
  const control = (name: 'entropy' | 'divergence' | 'oracle') => minus(natsOf(part, controlReads(part, name, count)));
  const values = [
    own,
    reads,
    minus(part.direct),
    minus(part.merged),
    minus(randomNats(part, count / reads.length)),
    control('entropy'),
    control('divergence'),
    control('oracle'),
  ];
  return inSlices(resampledRatios(values, part.question, part.Q), (intervals) =>
    done(Object.fromEntries(NAMES.map((name, i) => [name, intervals[i]])) as unknown as GateIntervals),
  );
}

/** Of the nats at θ₂ minus those at θ₁. */
export function changeInterval(part: GatePart, one: number, other: number): Interval {
  const [before, after] = [one, other].map((theta) => natsOf(part, gateReads(part, theta)));
  const difference = after.map((nats, t) => nats - before[t]);
  let found: Interval = [NaN, NaN];
  for (const intervals of resampledRatios([difference], part.question, part.Q)) if (intervals) [found] = intervals;
  return found;
}
