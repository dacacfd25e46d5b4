/** What happened to one input, in plain words. */
import { clip, count, percent, plainToken, quote, signed, thetaText } from './format';
import { answerOf } from './pair';
import { usesTheta } from './policies';
import { type Outcome, type View, flowTaken, idleFlips } from './replay';
import { topReads } from './reading';
import type { Trace } from './trace';

/** alone, always: the outcomes of the direct flow alone and of reading always. */
export function sentence(trace: Trace, view: View, outcome: Outcome, alone: Outcome, always: Outcome): string {
  const reading = Array.from(outcome.rho).filter((rho) => rho > 0).length;
  const words = [
    trace.S ? readingWords(trace, view, reading) : `There is no ${trace.hName}, so nothing could be read.`,
    trace.answers ? verdictWords(trace, outcome, alone, always) : writtenWords(trace, view, outcome),
  ];
  if (view.overrides.size) words.push(`${flippedWords(trace, view)}.`);
  if (outcome.tie) words.push('The two best answers are closer than rounding can tell apart.');
  return words.join(' ');
}

function readingWords(trace: Trace, view: View, reading: number): string {
  const partly = view.policy === 'soft' || view.policy === 'weighted_threshold' ? ', each in part' : '';
  if (!reading) return `No token read the ${trace.hName}.`;
  return `${reading} of ${count(trace.T, 'token')} read the ${trace.hName}${partly}.`;
}

/** An answer as it is called in a sentence: a label by its name, words of the text as a quotation. */
export const answerWords = (trace: Trace, c: number): string =>
  trace.readout === 'span' ? `“${clip(trace.nameOf(c), 80)}”` : trace.nameOf(c);

function verdictWords(trace: Trace, outcome: Outcome, alone: Outcome, always: Outcome): string {
  const { best } = outcome;
  const verdict = `The model says ${answerWords(trace, best)} (${percent(trace.probOf(outcome, best))})`;
  const other = (c: number) =>
    trace.nameOf(c) === trace.nameOf(best) ? 'find the same words elsewhere' : `say ${answerWords(trace, c)}`;
  if (!trace.S) return `${verdict}.`;
  if (alone.best !== best) return `${verdict}; without the ${trace.hName}, it would ${other(alone.best)}.`;
  if (always.best !== best) return `${verdict}; with full context, it would ${other(always.best)}.`;
  return `${verdict}; with or without the ${trace.hName}, the answer is the same.`;
}

function writtenWords(trace: Trace, view: View, outcome: Outcome): string {
  const { written, S, hName } = trace;
  if (!written) return '';
  const text = answerOf({ trace, view: { ignored: new Set(), ...view } }, outcome);
  if (text === null) return 'The text is not rewritten for this routing yet.';
  const alone = written.alternatives.direct;
  if (alone == null || !S) return `The model writes “${text}”.`;
  return alone === text
    ? `The model writes “${text}”, as it does without the ${hName}.`
    : `The model writes “${text}”; without the ${hName}, “${alone}”.`;
}

/** One token's numbers in words. */
export function tokenWords(trace: Trace, view: View, outcome: Outcome, t: number, label: number): string {
  const taken = flowTaken(trace, outcome.weights, t);
  const flow = taken < 0 ? `mixed (${percent(outcome.rho[t])} of what it reads is used)` : trace.flows[taken];
  const byHand = view.overrides.has(t) ? ', flipped' : '';
  const words = [`gate ${trace.reading[t].toFixed(3)} → ${flow}${byHand}.`];
  trace.parts(t, label).forEach(([own, got], k) => {
    const what = trace.readout === 'span' ? ['To start the answer', 'To end it'][k] : `For ${trace.nameOf(label)}`;
    const byItself = signed(outcome.kappa[t] * own);
    words.push(`${what}: ${byItself} by itself, ${signed(outcome.rho[t] * got)} from the ${trace.hName}.`);
  });
  const length = trace.contextKind === 'items' ? 48 : 24;
  const reads = topReads(trace, t).map(([token, share]) => `“${clip(plainToken(token), length)}” ${percent(share)}`);
  if (reads.length) words.push(`It looks at ${reads.join(', ')}.`);
  return words.join(' ');
}

/** The reading rule by its name on the page, with θ where it plays a part: `Threshold θ 0.410`. */
export function ruleWords({ policies }: Trace, view: View): string {
  const title = policies.find(([name]) => name === view.policy)?.[1] ?? view.policy;
  return usesTheta(view) ? `${title} θ ${thetaText(view.theta)}` : title;
}

/** `2 tokens flipped, 1 without effect`. */
export function flippedWords(trace: Trace, view: View): string {
  const idle = idleFlips(trace, view).length;
  const all = idle === view.overrides.size ? '' : `${idle} `;
  return `${count(view.overrides.size, 'token')} flipped${idle ? `, ${all}without effect` : ''}`;
}

/** The decision as a whole. */
export const decisionWords = (trace: Trace, view: View): string =>
  ruleWords(trace, view) + (view.overrides.size ? `, ${flippedWords(trace, view)}` : '');

/** Some of the tokens by name: at most `most`, then how many others there are. */
export function listed(tokens: string[], most = 3): string {
  const names = tokens.map((token) => `‘${clip(plainToken(token))}’`);
  if (names.length > most) return `${names.slice(0, 2).join(', ')} and ${names.length - 2} others`;
  return names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

export const quoteAll = (tokens: string[]): string => tokens.map(quote).join(', ');
