/** What differs between A and B, as a sentence: the words of dualroute/compare/sentences.py. Golden data holds them equal. */
import { type Column, align } from './align';
import { clip, count, percent, thetaText } from './format';
import { type Pair, type Side, answerOf, probabilityOf, sameLabels } from './pair';
import { usesTheta } from './policies';
import type { Outcome } from './replay';
import { listed, ruleWords } from './sentence';
import type { Trace } from './trace';

const MOST_EDITS = 3;

export function pairSentence(pair: Pair): string {
  const changes = pairChanges(pair);
  if (!changes.length) return 'A and B are the same.';
  return `${changes.join(', ')}: ${[...routeWords(pair), outcomeWords(pair)].join('; ')}.`;
}

/** What was changed from A to B. */
export function pairChanges({ a, b, both }: Pair): string[] {
  const { trace: one } = a;
  const { trace: other } = b;
  return [
    ...modelWords(one, other),
    ...editWords(one.x, other.x, other.xName),
    ...editWords(one.h, other.h, other.hName),
    ...((one.image || '') === (other.image || '') ? [] : [`another ${other.hName}`]),
    ...decisionChange(a, b),
    ...flipWords(a, b, both),
    ...unreadWords(a, b),
  ];
}

/** Another checkpoint, or another one of the same name: what made both names the weights. */
function modelWords(a: Trace, b: Trace): string[] {
  if (a.checkpoint !== b.checkpoint) return [`${a.checkpoint} → ${b.checkpoint}`];
  return a.made === b.made ? [] : [`another ${b.checkpoint}`];
}

const wordsOf = (text: string): string[] => text.split(/\s+/).filter(Boolean);

function editWords(a: string, b: string, name: string): string[] {
  const before = wordsOf(a);
  const after = wordsOf(b);
  if (before.join(' ') === after.join(' ')) return [];
  const edits = editsOf(before, after);
  if (!before.length || !after.length || edits.length > MOST_EDITS)
    return [!after.length ? `${name} left out` : !before.length ? `${name} given` : `another ${name}`];
  return edits.map(([old, now]) => `${editText(old, now)} in the ${name}`);
}

function editText(old: string, now: string): string {
  if (!now) return `‘${clip(old)}’ deleted`;
  return old ? `‘${clip(old)}’ → ‘${clip(now)}’` : `‘${clip(now)}’ added`;
}

/** [what stood there, what stands there now] of every place that differs. */
function editsOf(before: string[], after: string[]): [string, string][] {
  const places: [string[], string[]][] = [];
  let open = false;
  for (const { a, b, change } of align(before, after)) {
    if (change === 'same') {
      open = false;
      continue;
    }
    if (!open) places.push([[], []]);
    open = true;
    const [old, now] = places.at(-1)!;
    if (a >= 0) old.push(before[a]);
    if (b >= 0) now.push(after[b]);
  }
  return places.map(([old, now]) => [old.join(' '), now.join(' ')]);
}

function decisionChange(a: Side, b: Side): string[] {
  if (a.view.policy !== b.view.policy) return [`${ruleWords(a.trace, a.view)} → ${ruleWords(b.trace, b.view)}`];
  const [one, other] = [a.view.theta, b.view.theta];
  return usesTheta(a.view) && one !== other ? [`θ ${thetaText(one)} → ${thetaText(other)}`] : [];
}

function flipWords(a: Side, b: Side, both: Column[]): string[] {
  const flowOf = ({ trace, view }: Side, t: number): string | null => {
    const flow = view.overrides.get(t);
    return flow === undefined ? null : trace.flows[flow];
  };
  const before = new Map(both.map((column) => [column.b, flowOf(a, column.a)]));
  const now = new Map([...b.view.overrides.keys()].map((t) => [t, flowOf(b, t)]));
  const rising = (tokens: number[]) => tokens.sort((one, other) => one - other);
  const added = rising([...now.keys()].filter((t) => (before.get(t) ?? null) !== now.get(t)));
  const undone = rising([...before.keys()].filter((t) => before.get(t) && !now.has(t)));
  const named = (tokens: number[]) => listed(tokens.map((t) => b.trace.tokens[t]));
  const words = b.trace.flows
    .map((flow): [string, number[]] => [flow, added.filter((t) => now.get(t) === flow)])
    .filter(([, sent]) => sent.length)
    .map(([flow, sent]) => `${named(sent)} flipped to ${flow}`);
  return undone.length ? [...words, `${named(undone)} no longer flipped`] : words;
}

function unreadWords(a: Side, b: Side): string[] {
  const before = a.view.ignored;
  const now = b.view.ignored;
  const { contextTokens, hName } = b.trace;
  if (a.trace.contextTokens.join('\n') !== contextTokens.join('\n'))
    return now.size ? [`${count(now.size, 'token')} of the ${hName} left unread`] : [];
  const named = (tokens: number[]) => listed(tokens.sort((x, y) => x - y).map((s) => contextTokens[s]));
  const more = [...now].filter((s) => !before.has(s));
  const fewer = [...before].filter((s) => !now.has(s));
  return [
    ...(more.length ? [`${named(more)} of the ${hName} left unread`] : []),
    ...(fewer.length ? [`${named(fewer)} of the ${hName} read again`] : []),
  ];
}

const reads = (names: string[]): string => (names.length === 1 ? 'reads' : 'read');
const ROUTE_CHANGES: Record<string, (names: string[]) => string> = {
  read: (names) => `now ${reads(names)}`,
  gone: (names) => `no longer ${reads(names)}`,
  more: (names) => `${reads(names)} more`,
  less: (names) => `${reads(names)} less`,
  other: () => 'by another flow',
};

function routeWords({ b, before, after, rerouted }: Pair): string[] {
  const byKind = new Map<string, string[]>(Object.keys(ROUTE_CHANGES).map((kind) => [kind, []]));
  for (const column of rerouted) {
    const old = before.rho[column.a];
    const now = after.rho[column.b];
    const kind = old === now ? 'other' : !old ? 'read' : !now ? 'gone' : now > old ? 'more' : 'less';
    byKind.get(kind)!.push(b.trace.tokens[column.b]);
  }
  const words = [...byKind]
    .filter(([, names]) => names.length)
    .map(([kind, names]) => `${listed(names)} ${ROUTE_CHANGES[kind](names)}`);
  return words.length ? words : ['no token changes its route'];
}

function outcomeWords({ a, b, before, after }: Pair): string {
  const one = answerOf(a, before);
  const other = answerOf(b, after);
  if (!a.trace.answers && !b.trace.answers)
    return one === other ? 'the text stays the same' : `“${one}” becomes “${other}”`;
  const named = ({ trace }: Side, answer: string | null) =>
    trace.readout === 'classification' ? String(answer) : `“${clip(String(answer), 80)}”`;
  const probability = (side: Side, outcome: Outcome) => percent(probabilityOf(side, outcome));
  const full = (side: Side, answer: string | null, outcome: Outcome) =>
    named(side, answer) + (side.trace.answers ? ` (${probability(side, outcome)})` : '');
  if (one === other) {
    const old = probability(a, before);
    const now = probability(b, after);
    return `${named(b, other)} ${old === now ? `${old}, as before` : `${old} → ${now}`}`;
  }
  if (sameLabels(a.trace, b.trace)) return `the answer turns from ${full(a, one, before)} to ${full(b, other, after)}`;
  return `A says ${full(a, one, before)}, B says ${full(b, other, after)}`;
}
