/** The five steps of the tour: where each points, and what it says about what is on screen at this moment. */
import { byLargest } from '../core/arrays';
import { clip, percent, quote, signed, thetaText } from '../core/format';
import { usesTheta } from '../core/policies';
import { contextReading } from '../core/reading';
import type { Trace } from '../core/trace';
import { wordFlips, wordReads, wordsOf } from '../core/words';
import type { Subject } from '../page/inspected';

export interface Step {
  title: string;
  /** What it points at, within the inspector. */
  at: string;
  words: (subject: Subject) => string;
}

export const STEPS: Step[] = [
  { title: 'Orange words read, the others did not', at: '.dr-words', words: gateWords },
  { title: 'What they read', at: '.dr-source', words: contextWords },
  { title: 'Flip a word', at: '.dr-words', words: flipWords },
  { title: 'Read more, or less', at: '.dr-theta-box', words: thetaWords },
  { title: 'Why, exactly and by estimate', at: '.dr-attr', words: scoreWords },
];

const CLOSED = 0.01;

const nameOf = (trace: Trace, c: number) => clip(trace.nameOf(c), 40);

function gateWords({ trace, view, outcome }: Subject): string {
  const [most] = byLargest(trace.reading);
  const gate = trace.reading[most];
  const widest =
    gate < CLOSED
      ? `Here all gates are closed: none is above ${CLOSED}.`
      : `${quote(trace.tokens[most])} has the widest here, ${gate.toFixed(2)}.`;
  const words = wordsOf(trace);
  const reading = words.filter((word) => wordReads(outcome, word)).length;
  const above = usesTheta(view) ? `above θ = ${thetaText(view.theta)} it reads` : 'it decides how much a word reads';
  return (
    `Each word has a gate from 0 to 1: how much the model wants it to read the ${trace.hName}; ${above}. ` +
    `${widest} ` +
    `${reading} of ${words.length} words read (orange); the others go by themselves (blue-grey).`
  );
}

function thetaWords({ trace, view, outcome }: Subject): string {
  if (!usesTheta(view)) return 'Under this reading rule θ plays no part. Choose “Threshold” under Details to move it.';
  const probability = percent(trace.probOf(outcome, outcome.best));
  if (!trace.answers) return 'Drag the handle to the left and more words read; the text is then regenerated.';
  return (
    'Drag the handle to the left and more words read, to the right and fewer do. ' +
    `At θ = ${thetaText(view.theta)} the answer is ${nameOf(trace, outcome.best)} (${probability}). ` +
    'The band shows the answer at every setting; each tick is the gate of a piece of a word.'
  );
}

function flipWords({ trace, view, outcome }: Subject): string {
  if (!trace.S) return `There is no ${trace.hName} here, so a flip changes nothing.`;
  if (!trace.answers) return 'Click a word: it goes the other way and the text is regenerated.';
  const words = wordsOf(trace);
  const flips = wordFlips(trace, view, outcome, words).map((flip, w) => ({ ...flip, word: words[w] }));
  const { word, reads, outcome: then } = flips.reduce((a, b) => (Math.abs(b.effect) > Math.abs(a.effect) ? b : a));
  const before = percent(trace.probOf(outcome, outcome.best));
  const after = percent(trace.probOf(then, outcome.best));
  const answer = then.best === outcome.best ? '' : `, and the answer becomes ${nameOf(trace, then.best)}`;
  return (
    'Click a word to send it the other way; the number below it says by how many points that moves the answer. ' +
    `Most depends on ${quote(word.text)}, which now ${reads ? 'reads' : 'does not read'}: flipped, ` +
    `${nameOf(trace, outcome.best)} goes from ${before} to ${after}${answer}. ` +
    'This is no estimate: scores are sums, and the page adds them up again.'
  );
}

function scoreWords({ trace, outcome }: Subject): string {
  const estimates =
    '“Effect on answer” and “effect on reading” are estimates by an attribution method: which words moved the outcome, ' +
    'and which made the text read more. The line here says how well they add up.';
  const end =
    ' The other tabs: Attribute asks why, Compare puts two views side by side, Thresholds chooses θ for many rows, ' +
    'Results has what was measured, Help says it all in plain words.';
  if (!trace.answers) return `Generated text is no sum, so there is no exact track. ${estimates}${end}`;
  const adds = trace.tokens.map(
    (_, t) => outcome.kappa[t] * trace.own(t, outcome.best) + outcome.rho[t] * trace.got(t, outcome.best),
  );
  const [top] = byLargest(adds);
  const exact = trace.readout === 'span' ? 'The scores to start and to end are' : 'The track “adds to …” is';
  return (
    `${exact} exact: ${quote(trace.tokens[top])} adds ${signed(adds[top])} to the score of ` +
    `${nameOf(trace, outcome.best)}. ${estimates}${end}`
  );
}

function contextWords({ trace, outcome }: Subject): string {
  if (!trace.S) return `There is no ${trace.hName} here.`;
  const { read } = contextReading(trace, outcome.rho, outcome.best, -1);
  const [most] = byLargest(read);
  const hint = 'Point at a word, or tap it, and ribbons show where it looks: the wider, the more.';
  if (!read[most]) return `Nothing of the ${trace.hName} is read at this setting. ${hint}`;
  const top = trace.contextKind === 'image' ? trace.contextTokens[most] : quote(trace.contextTokens[most]);
  return `Of the ${trace.hName}, ${top} was read most. ${hint}`;
}
