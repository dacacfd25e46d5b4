/** A trace at every θ: exact, since its answer changes only at its tokens' gates. Mirrors dualroute/trace/breakpoints.py. */
import { sumOf } from './arrays';
import { type View, routeOf } from './replay';
import type { Trace } from './trace';

export interface LabelSpan {
  from: number;
  to: number;
  label: number;
}

/** θ from `low` up to but not including `high`. closed: tokens that stop reading at `low`. */
export interface Stretch {
  low: number;
  high: number;
  closed: number[];
  /** null for a written text */
  answer: number | null;
  prob: number | null;
  /** Weight of what is read, on average over the tokens. */
  share: number;
}

const rising = (values: Iterable<number>): number[] => [...new Set(values)].sort((a, b) => a - b);

/** The prediction at every θ from 0 to 1; neighbours differ. */
export function predictionsOverTheta(trace: Trace, view: View): LabelSpan[] {
  const cuts = [0, ...rising(Array.from(trace.reading).filter((gate) => gate > 0 && gate < 1)), 1];
  const spans: LabelSpan[] = [];
  for (let i = 0; i + 1 < cuts.length; i++) {
    const { kappa, rho } = routeOf(trace, { ...view, theta: cuts[i] });
    const label = trace.best(trace.score(kappa, rho));
    const last = spans.at(-1);
    if (last?.label === label) last.to = cuts[i + 1];
    else spans.push({ from: cuts[i], to: cuts[i + 1], label });
  }
  return spans;
}

export function stretchesOf(trace: Trace, view: Omit<View, 'theta'>): Stretch[] {
  const free = Array.from(trace.reading.keys()).filter((t) => !view.overrides.has(t));
  const cuts = [0, ...rising(free.map((t) => trace.reading[t]).filter((gate) => gate > 0))];
  return cuts.map((low, i) => {
    const { kappa, rho } = routeOf(trace, { ...view, theta: low });
    const outcome = trace.decide(trace.score(kappa, rho));
    return {
      low,
      high: cuts[i + 1] ?? 1,
      closed: low ? free.filter((t) => trace.reading[t] === low) : [],
      answer: trace.answers ? outcome.best : null,
      prob: trace.answers ? trace.probOf(outcome, outcome.best) : null,
      share: sumOf(rho) / trace.T,
    };
  });
}

/** Neighbours with one answer as one stretch. */
export function joinStretches(stretches: Stretch[]): Stretch[] {
  const joined: Stretch[] = [];
  for (const stretch of stretches) {
    const last = joined.at(-1);
    if (last?.answer === stretch.answer) last.high = stretch.high;
    else joined.push({ ...stretch });
  }
  return joined;
}
