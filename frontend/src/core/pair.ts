/** Two views, A and B: each a record and a decision on it. Mirrors dualroute/compare/views.py. */
import { type Column, align } from './align';
import { type Outcome, type View, replay, routeKey, tracedView } from './replay';
import { contributionsOf } from './reading';
import { type Trace, ignoring } from './trace';

/** A decision that says which context tokens are not read. */
export type FullView = View & { ignored: Set<number> };

export interface Side {
  trace: Trace;
  view: FullView;
}

export interface Pair<S extends Side = Side> {
  a: S;
  b: S;
  /** Their tokens side by side; of those in both, the ones that go another way. */
  columns: Column[];
  both: Column[];
  rerouted: Column[];
  before: Outcome;
  after: Outcome;
}

export function comparePair<S extends Side>(a: S, b: S, columns = alignTokens(a.trace, b.trace)): Pair<S> {
  const before = outcomeOf(a);
  const after = outcomeOf(b);
  const both = columns.filter((c) => c.a >= 0 && c.b >= 0);
  const rerouted = both.filter((c) => before.kappa[c.a] !== after.kappa[c.b] || before.rho[c.a] !== after.rho[c.b]);
  return { a, b, columns, both, rerouted, before, after };
}

/** The same record needs no search. */
const alignTokens = (one: Trace, other: Trace): Column[] =>
  one === other ? one.tokens.map((_, t) => ({ a: t, b: t, change: 'same' })) : align(one.tokens, other.tokens);

export const outcomeOf = ({ trace, view }: Side): Outcome => replay(trace, view);

export const sameLabels = (one: Trace, other: Trace): boolean =>
  one.readout === other.readout && one.labels.join('\n') === other.labels.join('\n');

/** An answer as it is called: a class, the words of a span, or the text written for this route (null: none was). */
export function answerOf({ trace }: Side, outcome: Outcome): string | null {
  if (!trace.written) return trace.nameOf(outcome.best);
  const { text, alternatives } = trace.written;
  trace.cache.tracedWeights ??= routeKey(trace, tracedView(trace));
  if (outcome.weights.join() === trace.cache.tracedWeights) return text;
  const all = (flow: number) => trace.tokens.every((_, t) => outcome.weights[t * trace.R + flow] === 1);
  return (all(0) && alternatives.direct) || (all(trace.R - 1) && alternatives.merged) || null;
}

export const probabilityOf = ({ trace }: Side, outcome: Outcome): number =>
  trace.answers ? trace.probOf(outcome, outcome.best) : NaN;

/** The probability of a named answer, NaN where this side cannot give it. */
function probabilityOfName(side: Side, outcome: Outcome, name: string | null): number {
  if (side.trace.readout === 'classification') {
    const c = side.trace.labels.indexOf(name ?? '');
    return c < 0 ? NaN : outcome.probs![c];
  }
  return side.trace.answers && answerOf(side, outcome) === name ? probabilityOf(side, outcome) : NaN;
}

export interface NamedAnswer {
  name: string;
  a: number;
  b: number;
}

/** Every answer of either, with its probability in both: all classes, or the spans that were given. */
export function answersOf({ a, b, before, after }: Pair): NamedAnswer[] {
  const classes = ({ readout, labels }: Trace) => (readout === 'classification' ? labels : []);
  const spans = a.trace.readout === 'span' || b.trace.readout === 'span';
  const names = spans ? [answerOf(a, before), answerOf(b, after)] : [...classes(a.trace), ...classes(b.trace)];
  return [...new Set(names)].map((name) => ({
    name: name ?? '',
    a: probabilityOfName(a, before, name),
    b: probabilityOfName(b, after, name),
  }));
}

/** What each side's tokens are shown to add to: A's class where B knows it as well, else each one's own answer. */
export function explainedAnswers({ a, b, before, after }: Pair): { a: number; b: number } {
  const classes = a.trace.readout === 'classification' && b.trace.readout === 'classification';
  const shared = classes ? b.trace.labels.indexOf(a.trace.labels[before.best]) : -1;
  return { a: before.best, b: shared >= 0 ? shared : after.best };
}

/** A token's exact contributions on one side, with what that side leaves unread left out. */
export const sideContributions = ({ trace, view }: Side, outcome: Outcome, answer: number, t: number): number[] =>
  contributionsOf(ignoring(trace, view.ignored), outcome, answer, t);
