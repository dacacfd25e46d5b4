/** Attributions of a word, or of the whole answer, to the words of passage and prompt. */
import type { LanguageStart, ScoresInput, ScoresPayload, ScoresTrack } from '../contracts';
import { largestSize } from '../core/arrays';
import { clip, fixed, grouped, signed, withoutStop } from '../core/format';
import type { LanguageTrace } from '../core/language';
import { durationWords } from '../core/quantities';
import { type Find, make, option, setText } from '../ui/dom';

type Costs = Record<string, [passes: number, seconds: number] | string>;

export interface Scores {
  /** Of the answer on screen; null for none. */
  show(trace: LanguageTrace | null, payload: ScoresPayload | null): void;
  /** What is asked for, beside the texts and the decision. merged: the effect compares reading with not reading. */
  request(): { targets: string[]; methods: Record<string, object>; baseline: string; granularity: string };
  explainsEffect(): boolean;
}

const WHATS: [name: string, words: string][] = [
  ['prediction', 'the probability'],
  ['effect', 'the effect of reading'],
  ['gate', 'the gate'],
];
const BASELINES: [name: string, words: string][] = [
  ['pad', 'padding'],
  ['mean', 'the mean embedding'],
  ['zero', 'a zero vector'],
];
const UNITS: [name: string, words: string][] = [
  ['word', 'words'],
  ['sentence', 'sentences'],
  ['token', 'tokens'],
];
const USUAL = 'feature_ablation';

export function scoresView(part: Find, start: LanguageStart, costsOf: (request: object) => Promise<unknown>): Scores {
  const [what, of, method, units, baseline] = ['what', 'of', 'method', 'units', 'baseline'].map((name) => part<HTMLSelectElement>(name)); // prettier-ignore
  let trace: LanguageTrace | null = null;
  let asked = 0;
  const fill = (node: HTMLSelectElement, entries: [string, string][]) =>
    node.replaceChildren(...entries.map(([name, words]) => option(name, words)));
  fill(what, WHATS);
  fill(units, UNITS);
  fill(baseline, BASELINES);
  fill(
    method,
    start.methods.map(({ name, title }): [string, string] => [name, title]),
  );
  if (start.methods.some(({ name }) => name === USUAL)) method.value = USUAL;

  async function cost() {
    setText(part('trust'), start.methods.find(({ name }) => name === method.value)?.trust ?? '');
    if (!trace) return;
    const id = ++asked;
    const { model, prompt, passage, answer, tokens } = trace.payload;
    const texts = [prompt, passage, answer].map((text) => [text, Math.ceil(text.length / 4)]);
    texts[2][1] = tokens.length;
    const request = { model, granularity: units.value, texts, methods: { [method.value]: {} } };
    const found = ((await costsOf(request).catch(() => null)) as Costs | null)?.[method.value];
    if (id !== asked || !found) return;
    const words = typeof found === 'string' ? `${withoutStop(found)}.` : `${grouped(found[0])} passes, ${durationWords(found[1])}`; // prettier-ignore
    setText(part('cost'), words);
  }
  for (const node of [what, of, method, units, baseline]) node.addEventListener('change', () => void cost());

  return {
    show(next, payload) {
      if (next?.payload.key !== trace?.payload.key) {
        trace = next;
        const words = next?.words.map(({ text, special, from, to }, w): [string, string] => [
          to - from > 1 ? `${from}-${to - 1}` : String(from),
          special ? 'the end of the text' : `word ${w + 1}: ${clip(text, 24)}`,
        ]);
        fill(of, [['', 'the whole answer'], ...(words ?? [])]);
        void cost();
      }
      const fits = payload && payload.answerKey === trace?.payload.key;
      part('tracks').replaceChildren(...(fits ? payload.tracks.map((one) => track(one, payload.inputs, trace!)) : []));
      const failed = fits ? Object.values(payload.errors) : [];
      if (failed.length)
        part('tracks').append(...failed.map((words) => make('p', 'dr-hint', `${withoutStop(words)}.`)));
    },
    request() {
      const place = what.value === 'gate' ? of.value : of.value && `step:${of.value}`;
      return {
        targets: [place ? `${what.value}:${place}` : what.value],
        methods: { [method.value]: {} },
        baseline: baseline.value,
        granularity: units.value,
      };
    },
    explainsEffect: () => what.value === 'effect',
  };
}

function track(one: ScoresTrack, inputs: ScoresInput[], trace: LanguageTrace): HTMLElement {
  const box = make('div', 'lm-track');
  const head = make('p', 'lm-track-head');
  head.append(make('b', '', one.title), ` explains ${targetWords(one, trace)}: ${fixed(one.value)}.`);
  box.append(head);
  const most = largestSize([...one.passage, ...one.prompt]);
  for (const input of inputs) {
    const isPassage = input.name === 'passage';
    const line = make('p', 'lm-track-text');
    line.dir = 'auto';
    line.append(make('b', '', input.name), ' ');
    const [scores, groups] = isPassage ? [one.passage, one.passageGroups] : [one.prompt, one.promptGroups];
    line.append(...coloured(input, scores, groups, most));
    box.append(line);
  }
  const [passage, prompt] = one.deltas;
  const sums = passage === null || prompt === null ? '' : ` Scores add up to the change to within ${Math.abs(passage).toFixed(3)} (passage) and ${Math.abs(prompt).toFixed(3)} (prompt).`; // prettier-ignore
  const change = one.value - one.withoutPassage;
  box.append(
    make(
      'p',
      'dr-hint',
      `Without passage and answer so far: ${fixed(one.withoutPassage)}, a change of ${signed(change, 3)}.${sums}` +
        `${one.converged ? '' : ' Not converged: take more steps.'} ${grouped(one.passes)} passes, ${one.seconds.toFixed(1)} s.`,
    ),
  );
  return box;
}

function targetWords({ target }: ScoresTrack, trace: LanguageTrace): string {
  const [kind] = target.split(':');
  const [first] = /\d+/.exec(target) ?? [];
  const word =
    first === undefined ? null : trace.words.find(({ from, to }) => Number(first) >= from && Number(first) < to);
  const name = kind === 'gate' ? 'the gate' : kind === 'effect' ? 'the effect of reading on the log-probability' : 'the log-probability'; // prettier-ignore
  return `${name} of ${word ? `“${clip(word.text, 30)}”` : 'the whole answer'}`;
}

/** A text whose units are coloured by their scores. */
function coloured(
  { text, offsets }: ScoresInput,
  scores: number[],
  groups: [number, number][],
  most: number,
): (Node | string)[] {
  const nodes: (Node | string)[] = [];
  let at = 0;
  groups.forEach(([from, to], u) => {
    const [start, end] = [offsets[from][0], offsets[to - 1][1]];
    if (start < at || end <= start) return;
    nodes.push(text.slice(at, start));
    const node = make('span', scores[u] < 0 ? 'neg' : '', text.slice(start, end));
    node.style.setProperty('--v', (Math.abs(scores[u]) / most).toFixed(3));
    node.title = `${clip(text.slice(start, end), 60)}: ${signed(scores[u], 3)}`;
    nodes.push(node);
    at = end;
  });
  return [...nodes, text.slice(at)];
}
