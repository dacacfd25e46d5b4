/** Flows by force, by word class or position; and the fewest flips that change the answer. */
import { type Chance, chanceWords, randomFlips } from '../core/chance';
import { clip, count, percent, plainToken } from '../core/format';
import type { Side } from '../core/pair';
import { type View, replay } from '../core/replay';
import { answerWords, listed } from '../core/sentence';
import { type SmallestChange, smallestChange } from '../core/smallest';
import type { Trace } from '../core/trace';
import { finder, option, setText } from '../ui/dom';
import { chanceStrip } from './chance_strip';

const POSITIONS: Record<string, string> = {
  selected: 'the selected token',
  first: 'the first tokens',
  last: 'the last tokens',
  every: 'every n-th token',
  span: 'the tokens from',
};
const MOST_FLIPS_NAMED = 8;

interface Options {
  /** B. */
  current: () => Side;
  /** The token of B that is selected; -1 for none. */
  selected: () => number;
  onChanged: (overrides: Map<number, number>) => void;
}

/** Says what an intervention did, beside what chance does. */
export type Say = (text: string, chance: Chance | null, answer?: string) => void;

export interface WhatIf {
  build(side: Side): void;
  say: Say;
  clear(): void;
}

export function whatIf(root: HTMLElement, { current, selected, onChanged }: Options): WhatIf {
  const part = finder(root, 'cmp');
  const which = part<HTMLSelectElement>('which');
  const flows = part<HTMLSelectElement>('by');
  const amount = part<HTMLInputElement>('count');
  const last = part<HTMLInputElement>('last');
  const strip = chanceStrip(root);
  const shape = () => {
    amount.hidden = which.value === 'selected' || !(which.value in POSITIONS); // a class of words is all of them
    part('to').hidden = which.value !== 'span';
  };
  const say: Say = (text, chance, answer = '') => {
    setText(part('found'), text);
    strip.show(chance, answer);
  };
  const apply = (tokens: number[], flow: number) => {
    const { trace, view } = current();
    const flips = tokens.map((t): [number, number] => [t, flow]);
    const chance = randomFlips(trace, view, flips);
    const which = count(tokens.length, 'token');
    if (!chance) return say(`Nothing changes: ${which} of B, all of which are ${trace.flows[flow]} already.`, null);
    const answer = answerWords(trace, replay(trace, view).best);
    onChanged(new Map([...view.overrides, ...flips]));
    const changed = chance.size === tokens.length ? '' : `; ${chance.size} of them were not before`;
    say(`${which} of B flipped to ${trace.flows[flow]}${changed}. ${chanceWords(chance, answer)}`, chance, answer);
  };
  which.addEventListener('change', shape);
  part('apply').addEventListener('click', () => {
    const { trace } = current();
    const flow = Number(flows.value);
    const tokens = chosenTokens(trace, which.value, Number(amount.value), Number(last.value), selected());
    if (tokens.length) return apply(tokens, flow);
    const nothing = which.value === 'selected' ? 'Select a token of B in the tracks first.' : 'B has no such tokens.';
    say(nothing, null);
  });
  part('smallest').addEventListener('click', () => {
    const { trace, view } = current();
    const change = smallestChange(trace, view);
    if (!change) {
      const answer = answerWords(trace, replay(trace, view).best);
      return say(`No flips change the answer: whichever way its tokens go, B says ${answer}.`, null);
    }
    const chance = randomFlips(trace, view, change.flips);
    const answer = answerWords(trace, change.before.best);
    onChanged(change.view.overrides);
    say(`${smallestWords(trace, change)} ${chance ? chanceWords(chance, answer) : ''}`, chance, answer);
  });
  return {
    build({ trace, view }) {
      const classes = Object.keys(trace.wordClasses ?? {}).map((name) => option(name, name));
      const positions = Object.entries(POSITIONS).map(([name, title]) => option(name, title));
      which.replaceChildren(...classes, ...positions);
      flows.replaceChildren(...trace.flows.map((flow, r) => option(r, FLOWS[flow] ?? flow)));
      part('intervene').hidden = !trace.answers;
      const first = trace.answers && firstWhatIf(trace, view, [...which.options].map(({ value }) => value)); // prettier-ignore
      if (first) [which.value, flows.value] = [first.which, String(first.flow)];
      shape();
    },
    say,
    clear: () => say('', null),
  };
}

const FLOWS: Record<string, string> = {
  direct: 'skip the context',
  merged: 'read the context',
  context: 'use only what they read',
};

/** What the form begins with: a change that moves the answer, else one that moves most of its probability. */
function firstWhatIf(trace: Trace, view: View, names: string[]): { which: string; flow: number } | null {
  const before = replay(trace, view);
  const probability = trace.probOf(before, before.best);
  let most = { which: '', flow: 0, size: 0 };
  for (const name of names)
    for (const flow of trace.flows.keys()) {
      const tokens = chosenTokens(trace, name, 3, 5, -1);
      if (!tokens.some((t) => before.weights[t * trace.R + flow] !== 1)) continue;
      const after = replay(trace, { ...view, overrides: new Map([...view.overrides, ...tokens.map((t): [number, number] => [t, flow])]) }); // prettier-ignore
      const size = Number(after.best !== before.best) + Math.abs(trace.probOf(after, before.best) - probability);
      if (!most.which || size > most.size) most = { which: name, flow, size };
    }
  return most.which ? most : null;
}

/** n, last: as a visitor counts, from one. */
function chosenTokens(trace: Trace, which: string, n: number, last: number, selected: number): number[] {
  const all = [...trace.tokens.keys()];
  const step = Math.max(1, n);
  switch (which) {
    case 'selected':
      return all.filter((t) => t === selected);
    case 'first':
      return all.slice(0, step);
    case 'last':
      return all.slice(-step);
    case 'every':
      return all.filter((t) => t % step === 0);
    case 'span':
      return all.filter((t) => t + 1 >= n && t + 1 <= last);
    default:
      return trace.wordClasses[which] ?? [];
  }
}

function smallestWords(trace: Trace, { flips, before, after }: SmallestChange): string {
  const how = trace.flows.flatMap((flow, r) => {
    const tokens = flips.filter(([, to]) => to === r).map(([t]) => trace.tokens[t]);
    if (!tokens.length) return [];
    const few = tokens.length <= MOST_FLIPS_NAMED;
    const named = few
      ? tokens.map((token) => `‘${clip(plainToken(token))}’`).join(', ')
      : `${listed(tokens.slice(0, 2))} and ${tokens.length - 2} others`;
    return [`${named} ${flow}`];
  });
  const enough = flips.length === 1 ? 'One flip is enough' : `${flips.length} flips are enough, and no smaller set is`;
  const now = `${answerWords(trace, after.best)} (${percent(trace.probOf(after, after.best))})`;
  return `${enough}: ${how.join('; ')}. The answer turns from ${answerWords(trace, before.best)} to ${now}.`;
}
