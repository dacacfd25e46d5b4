/** The five steps of the tour: where each points, and what it says about what is on screen at this moment. */
import { byLargest } from '../core/arrays';
import { clip, percent, quote, signed } from '../core/format';
import { policyWords, usesTheta } from '../core/policies';
import { contextReading } from '../core/reading';
import { type Outcome, flowName, otherFlow, replay } from '../core/replay';
import type { Trace } from '../core/trace';
import type { Subject } from '../page/inspected';

export interface Step {
  title: string;
  /** What it points at, within the inspector. */
  at: string;
  words: (subject: Subject) => string;
}

export const STEPS: Step[] = [
  { title: 'One column for every token', at: '.dr-x', words: gateWords },
  { title: 'θ draws the line', at: '.dr-line.dr-theta-line', words: thetaWords },
  { title: 'Send one token the other way', at: '.dr-x .dr-flow', words: flipWords },
  { title: 'What counted, exactly and by attribution', at: '.dr-attr', words: scoreWords },
  { title: 'What was read, and where to go from here', at: '.dr-h-title', words: contextWords },
];

const nameOf = (trace: Trace, c: number) => clip(trace.nameOf(c), 40);

function gateWords({ trace, view, outcome }: Subject): string {
  const [most] = byLargest(trace.reading);
  const reading = Array.from(outcome.rho).filter((rho) => rho > 0).length;
  const above = usesTheta(view) ? `Above θ = ${view.theta.toFixed(2)} a token reads: ` : '';
  return (
    `The gate says how much the router wants a token to read the ${trace.hName}. The widest open here is ` +
    `${quote(trace.tokens[most])} with ${trace.reading[most].toFixed(2)}. ${above}${reading} of ${trace.T} do ` +
    '(orange, M); the others go by themselves (blue, D).'
  );
}

function thetaWords({ trace, view, outcome }: Subject): string {
  if (!usesTheta(view))
    return `Under the decision “${policyWords(view.policy)}” θ plays no part. Choose “threshold” to move it.`;
  const probability = percent(trace.probOf(outcome, outcome.best));
  const now = trace.answers
    ? `the answer is ${nameOf(trace, outcome.best)} (${probability})`
    : 'the text is written anew';
  const band = trace.answers ? 'The band under the slider shows the answer at every θ. ' : '';
  return (
    `Drag θ, while this card is open if you like. At ${view.theta.toFixed(3)} ${now}. ${band}` +
    'The ticks are the tokens’ gates.'
  );
}

function flipWords(subject: Subject): string {
  const { trace, outcome } = subject;
  if (!trace.S) return `There is no ${trace.hName} here, so a flip changes nothing.`;
  if (!trace.answers) return 'Click a D or an M: that token goes the other way and the text is written anew.';
  const { token, flipped } = largestFlip(subject);
  const now = percent(trace.probOf(outcome, outcome.best));
  const then = percent(trace.probOf(flipped, outcome.best));
  const answer = flipped.best === outcome.best ? '' : `, and the answer is ${nameOf(trace, flipped.best)}`;
  return (
    'Click a D or an M to flip that token. The one that counts most here is ' +
    `${quote(trace.tokens[token])}, now ${flowName(trace, outcome.weights, token)}: flipped, ` +
    `${nameOf(trace, outcome.best)} goes from ${now} to ${then}${answer}. ` +
    'This is no estimate: scores are sums, and the page adds them up again.'
  );
}

/** The token whose flip moves the probability of the answer most. */
function largestFlip({ trace, view, outcome }: Subject): { token: number; flipped: Outcome } {
  const before = trace.probOf(outcome, outcome.best);
  const flips = trace.tokens.map((_, token) => {
    const overrides = new Map(view.overrides).set(token, otherFlow(trace, outcome.weights, token));
    const flipped = replay(trace, { ...view, overrides });
    return { token, flipped, moved: Math.abs(trace.probOf(flipped, outcome.best) - before) };
  });
  return flips.reduce((a, b) => (b.moved > a.moved ? b : a));
}

function scoreWords({ trace, outcome }: Subject): string {
  const tracks = trace.answers ? '“pushed answer” shows' : 'they show';
  const attribution =
    `The tracks below come from an attribution method: ${tracks} which words moved the outcome when they are made to ` +
    'appear, “opened gates” which words opened the gates. An attribution is an estimate; the line here says how well ' +
    'it adds up, and the tab Attribute how far it can be trusted.';
  if (!trace.answers) return `A written text is no sum, so there is no exact track. ${attribution}`;
  const adds = trace.tokens.map(
    (_, t) => outcome.kappa[t] * trace.own(t, outcome.best) + outcome.rho[t] * trace.got(t, outcome.best),
  );
  const [top] = byLargest(adds);
  const exact = trace.readout === 'span' ? 'The scores to start and to end are' : 'The track “adds to …” is';
  return (
    `${exact} exact: ${quote(trace.tokens[top])} adds ${signed(adds[top])} to the score of ` +
    `${nameOf(trace, outcome.best)}. ${attribution}`
  );
}

function contextWords({ trace, outcome }: Subject): string {
  const end =
    'The other tabs: Attribute asks why, Compare puts two views side by side, Thresholds chooses θ for many rows, ' +
    'Results has what was measured, Help says it all in plain words.';
  if (!trace.S) return end;
  const { read } = contextReading(trace, outcome.rho, outcome.best, -1);
  const [most] = byLargest(read);
  if (!read[most]) return `Nothing of the ${trace.hName} is read at this decision. ${end}`;
  const top = trace.contextKind === 'image' ? `patch ${most + 1}` : quote(trace.contextTokens[most]);
  return `Of the ${trace.hName}, ${top} was read most. Click a word above to see what it alone reads. ${end}`;
}
