/** What can be explained of a trace, in the names of dualroute/trace/targets.py, and exactly where it is a sum. */
import { clip, quote } from './format';
import type { Outcome } from './replay';
import type { Trace } from './trace';

/** A control that says more of a target: a label, another one, tokens, a step of the writing. */
export type TargetField = 'label' | 'other' | 'from' | 'to' | 'step';
export type TargetFields = Partial<Record<TargetField, string>>;

/** [kind, words, the fields that it has]. */
export type TargetKind = [kind: string, words: string, fields: TargetField[]];

const GATE_KINDS: TargetKind[] = [
  ['gate', 'the gates: mean over all tokens', []],
  ['gate-token', 'the gate of one token', ['from']],
  ['gate-tokens', 'the gates of some tokens', ['from', 'to']],
];

const KINDS: Record<Trace['readout'], TargetKind[]> = {
  classification: [
    ['prediction', 'the answer', ['label']],
    ['margin', 'one answer against another', ['label', 'other']],
    ['effect', 'what the context changed of', ['label']],
  ],
  span: [
    ['prediction', 'the answer', ['from', 'to']],
    ['margin', 'the answer against the best other', []],
    ['effect', 'what the context changed of', ['from', 'to']],
    ['start', 'the score to start at', ['from']],
    ['end', 'the score to end at', ['from']],
  ],
  generation: [
    ['prediction', 'the whole text', []],
    ['step', 'one written word', ['step']],
    ['effect', 'what the context changed of the text', []],
  ],
};

/** The targets that this trace has; one label has no margin. */
export const targetKinds = (trace: Trace): TargetKind[] =>
  [...KINDS[trace.readout], ...GATE_KINDS].filter(
    ([kind]) => kind !== 'margin' || trace.readout !== 'classification' || trace.C > 1,
  );

export const isGate = (target: string): boolean => /^gate\b/.test(target);

/** The name of a target; label and other by name, from, to and step by number. undefined for a kind that is none. */
export function targetName(trace: Trace, kind: string, fields: TargetFields): string | undefined {
  const { label, other, from, to, step } = fields;
  const answer = trace.readout === 'span' ? `:${from}-${to}` : trace.answers ? `:${label}` : '';
  const names: Record<string, string> = {
    prediction: `prediction${answer}`,
    margin: trace.readout === 'span' ? 'margin' : `margin:${label}|${other}`,
    effect: `effect${answer}`,
    step: `prediction:step:${step}`,
    start: `start:${from}`,
    end: `end:${from}`,
    gate: 'gate',
    'gate-token': `gate:${from}`,
    'gate-tokens': `gate:${from}-${to}`,
  };
  return names[kind];
}

/** `targetName` the other way round. */
export function targetParts(trace: Trace, target: string): { kind: string; fields: TargetFields } {
  const [head, detail] = splitTarget(target);
  const [first, last] = detail.split('-');
  if (head === 'gate' && detail)
    return last === undefined
      ? { kind: 'gate-token', fields: { from: first } }
      : { kind: 'gate-tokens', fields: { from: first, to: last } };
  if (detail.startsWith('step:')) return { kind: 'step', fields: { step: detail.replace('step:', '') } };
  if (head === 'margin' && trace.readout === 'classification')
    return { kind: head, fields: marginFields(trace, detail) };
  if (!detail) return { kind: head, fields: {} };
  if (head === 'start' || head === 'end') return { kind: head, fields: { from: detail } };
  return { kind: head, fields: trace.readout === 'span' ? { from: first, to: last } : { label: detail } };
}

const splitTarget = (target: string): [head: string, detail: string] => {
  const [head, ...more] = target.split(':');
  return [head, more.join(':')];
};

/** Two of the labels; a label may hold the bar that parts them. */
function marginFields({ labels }: Trace, detail: string): TargetFields {
  const label = labels.find((name) => detail.startsWith(`${name}|`) && labels.includes(detail.slice(name.length + 1)));
  return label === undefined ? {} : { label, other: detail.slice(label.length + 1) };
}

/** A target in words. label: what the server calls its answer. */
export function targetWords(trace: Trace, target: string, label?: string): string {
  const [kind, detail] = splitTarget(target);
  if (kind === 'gate') return gateWords(trace, detail);
  if (kind === 'start' || kind === 'end') return `score to ${kind} at ${quote(trace.tokens[+detail] ?? detail)}`;
  if (kind === 'margin') return clip(label || detail.replace('|', ' − ') || 'the margin', 48);
  const answer = label || detail || (trace.answers ? trace.nameOf(0) : 'the text');
  const name = trace.readout === 'classification' ? clip(answer, 32) : quote(answer);
  return kind === 'effect' ? `context’s effect on ${name}` : name;
}

function gateWords({ tokens }: Trace, detail: string): string {
  if (!detail) return 'mean gate';
  const [first, last] = detail.split('-').map(Number);
  if (last === undefined || last === first) return `gate of ${quote(tokens[first] ?? detail)}`;
  return `gates of ${quote(tokens[first] ?? '')} to ${quote(tokens[last] ?? '')}`;
}

/** A part of a target's sum: its weight, what token t adds by itself, and what it adds through context token s. */
type Term = [weight: number, own: (t: number) => number, read: (t: number, s: number) => number];

/**
 * The exact parts of a score on the route on screen: of tokens by themselves (T,), of context tokens (S,); null where the
 * target is no sum of contributions. Mirrors dualroute/attribute/methods/exact.py.
 */
export function exactParts(
  trace: Trace,
  { kappa, rho }: Outcome,
  target: string,
): { scores: number[]; contextScores: number[] } | null {
  const terms = trace.answers && !isGate(target) ? exactTerms(trace, target) : null;
  if (!terms) return null;
  const less = target.startsWith('effect') ? 1 : 0; // the effect of the context: without what is there anyway
  const scores = Array.from({ length: trace.T }, (_, t) =>
    terms.reduce((sum, [weight, own]) => sum + (kappa[t] - less) * weight * own(t), 0),
  );
  const contextScores = Array.from({ length: trace.S }, (_, s) => {
    let sum = 0;
    for (let t = 0; t < trace.T; t++)
      if (rho[t]) for (const [weight, , read] of terms) sum += rho[t] * weight * read(t, s);
    return sum;
  });
  if (trace.contextKind === 'backward')
    return { scores: scores.map((score, t) => score + contextScores[t]), contextScores: [] };
  return { scores, contextScores };
}

function exactTerms(trace: Trace, target: string): Term[] | null {
  const [kind, detail] = splitTarget(target);
  if (trace.readout === 'span') return spanTerms(trace, kind, detail);
  const { label, other } = marginFields(trace, detail);
  const names = kind === 'margin' ? [label, other] : [detail];
  const classes = names.map((name) => trace.labels.indexOf(name ?? ''));
  return classes.some((c) => c < 0) ? null : classes.map((c, i) => answerTerm(trace, c, i ? -1 : 1));
}

const answerTerm = (trace: Trace, c: number, weight = 1): Term => [
  weight,
  (t) => trace.own(t, c),
  (t, s) => trace.term(t, s, c),
];

function spanTerms(trace: Trace, kind: string, detail: string): Term[] | null {
  const { T, S, direct, context } = trace;
  const places = detail.split('-').map(Number);
  if (detail === '' || places.some((t) => !(t >= 0 && t < T))) return null;
  if (kind === 'start' || kind === 'end') {
    const end = kind === 'end' ? 1 : 0;
    const at = (t: number, value: number) => (t === places[0] ? value : 0);
    return [[1, (t) => at(t, direct[t * 2 + end]), (t, s) => at(t, context[(t * S + s) * 2 + end])]];
  }
  return places.length === 2 ? [answerTerm(trace, places[0] * T + places[1])] : null;
}
