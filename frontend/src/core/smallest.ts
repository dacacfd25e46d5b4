/** The fewest flips that change the answer, exactly. Mirrors dualroute/compare/interventions.py, which says why. */
import { type Outcome, type View, replay } from './replay';
import { eachSpan, endOf, spanScore, startOf } from './spans';
import { type Trace, ignoring } from './trace';

export interface SmallestChange {
  /** Tokens and the flows that they are sent by. */
  flips: [number, number][];
  view: View;
  before: Outcome;
  after: Outcome;
}

/** Another answer: how far it is behind, whose flips can help it, and by how much one does. */
interface Rival {
  gap: number;
  tokens: number[];
  gain: (t: number, flow: number) => number;
}

interface Flips {
  size: number;
  lead: number;
  flips: [number, number][];
}

/** null where no flips are enough. */
export function smallestChange(trace: Trace, view: View): SmallestChange | null {
  const read = ignoring(trace, view.ignored);
  const before = replay(trace, view);
  const clear = 1e-5 * Math.max(1, ...Array.from(before.logits, Math.abs));
  let best: Flips | null = null;
  for (const rival of (trace.readout === 'span' ? rivalSpans : rivalClasses)(read, before)) {
    const flips = fewestFlips(read, rival, clear);
    if (flips && (!best || flips.size < best.size || (flips.size === best.size && flips.lead > best.lead)))
      best = flips;
  }
  if (!best) return null;
  const changed = { ...view, overrides: new Map([...view.overrides, ...best.flips]) };
  return { flips: best.flips, view: changed, before, after: replay(trace, changed) };
}

/** What a flip adds does not depend on the other flips, so the largest ones first are the fewest. */
function fewestFlips(trace: Trace, { gap, tokens, gain }: Rival, clear: number): Flips | null {
  const best = tokens.map((t) => bestFlow(trace, t, gain)).sort((a, b) => b.gain - a.gain || a.t - b.t);
  let lead = -gap;
  for (let k = 0; k < best.length; k++) {
    lead += best[k].gain;
    if (lead > clear) return { size: k + 1, lead, flips: best.slice(0, k + 1).map(({ t, flow }) => [t, flow]) };
  }
  return null;
}

function bestFlow({ R }: Trace, t: number, gain: Rival['gain']): { t: number; flow: number; gain: number } {
  let best = { t, flow: 0, gain: gain(t, 0) };
  for (let flow = 1; flow < R; flow++) {
    const value = gain(t, flow);
    if (value > best.gain) best = { t, flow, gain: value };
  }
  return best;
}

// (κ, ρ) of every flow.
const FLOW_PARTS: Record<number, [number, number][]> = {
  2: [[1, 0], [1, 1]],
  3: [[1, 0], [0, 1], [1, 1]],
}; // prettier-ignore

/** What sending token t by a flow adds to answer c over the present one. */
function flipGain(trace: Trace, before: Outcome, c: number): Rival['gain'] {
  return (t, flow) => {
    const [kappa, rho] = FLOW_PARTS[trace.R][flow];
    const own = trace.own(t, c) - trace.own(t, before.best);
    const got = trace.got(t, c) - trace.got(t, before.best);
    return (kappa - before.kappa[t]) * own + (rho - before.rho[t]) * got;
  };
}

function* rivalClasses(trace: Trace, before: Outcome): Generator<Rival> {
  const tokens = [...trace.tokens.keys()];
  for (let c = 0; c < trace.C; c++)
    if (c !== before.best)
      yield { gap: before.logits[before.best] - before.logits[c], tokens, gain: flipGain(trace, before, c) };
}

/** Only the tokens at the ends of either span count. */
function* rivalSpans(trace: Trace, before: Outcome): Generator<Rival> {
  const rivals: [number, number][] = [];
  eachSpan(trace, before.logits, (score, c) => {
    if (c !== before.best) rivals.push([c, score]);
  });
  const top = spanScore(trace, before.logits, before.best);
  for (const [c, score] of rivals) {
    const ends = [before.best, c].flatMap((span) => [startOf(trace, span), endOf(trace, span)]);
    yield { gap: top - score, tokens: [...new Set(ends)].sort((a, b) => a - b), gain: flipGain(trace, before, c) };
  }
}
