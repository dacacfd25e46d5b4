/** Which methods run: two presets, or a list to choose from; and how long they take. */
import type { Estimates, MethodPayload } from '../contracts';
import { count, grouped } from '../core/format';
import { durationWords } from '../core/quantities';
import { check, find, make, radio, setText } from '../ui/dom';
import { rovingRow } from '../ui/roving';
import type { Parameters } from './settings';

type Cost = Estimates['methods'][string];

type ParametersOf = (method: string) => Parameters;

export interface MethodChoice {
  chosen(): MethodPayload[];
  choose(names: string[]): void;
  /** The chosen methods, and all of them, each with its parameters. */
  picked(parameters: ParametersOf): Record<string, Parameters>;
  all(parameters: ParametersOf): Record<string, Parameters>;
  /** Whether what the methods say is tested as well. */
  tests(): boolean;
  /** refusal: why a method cannot explain what is asked for; empty where it can. */
  serve(refusal: (method: MethodPayload) => string): void;
  /** targets: how many things are explained. */
  showCosts(costs: Estimates, targets: number): void;
}

interface Preset {
  title: string;
  methods: string[];
  words: string;
  tests: boolean;
}

const GUESSED = 'Times are guesses until a method has run with this model on this server.';

const FAST = ['exact', 'integrated_gradients'];
const PRESETS: Preset[] = [
  { title: 'Fast', methods: FAST, words: 'contribution + Integrated Gradients', tests: false },
  {
    title: 'Careful',
    methods: [...FAST, 'feature_ablation', 'shapley_sampling', 'kernel_shap', 'lime'],
    words: 'also Leave one out, Shapley sampling, KernelSHAP and LIME, and a test of all by erasing words',
    tests: true,
  },
];

export function methodChoice(root: HTMLElement, methods: MethodPayload[], changed: () => void): MethodChoice {
  const rows = methods.map((method) => methodRow(method, FAST.includes(method.name), chosenByHand));
  const presets = PRESETS.map((preset) => presetButton(preset, () => take(preset)));
  const box = find(root, '.wb-presets');
  box.replaceChildren(...presets.map(({ node }) => node));
  find(root, '.wb-methods').replaceChildren(...rows.map(({ label }) => label));
  const usable = () => rows.filter(({ input }) => !input.disabled);
  const chosen = () => usable().filter(({ input }) => input.checked);
  const withParameters = (list: typeof rows, parameters: ParametersOf) =>
    Object.fromEntries(list.map(({ method }) => [method.name, parameters(method.name)]));
  const presetOn = () =>
    PRESETS.find((preset) => rows.every(({ method, input }) => input.checked === preset.methods.includes(method.name)));

  function mark() {
    const on = presetOn();
    check(box.children, (_, i) => PRESETS[i] === on);
    rovingRow(box);
    const words = on ? '' : `: ${count(chosen().length, 'method')} chosen`;
    setText(find(root, '.wb-chosen-words'), words);
  }
  function choose(names: string[]) {
    for (const { method, input } of rows) input.checked = names.includes(method.name);
    mark();
  }
  function take(preset: Preset) {
    choose(preset.methods);
    changed();
  }
  function chosenByHand() {
    mark();
    changed();
  }
  mark();

  return {
    chosen: () => chosen().map(({ method }) => method),
    choose,
    picked: (parameters) => withParameters(chosen(), parameters),
    all: (parameters) => withParameters(rows, parameters),
    tests: () => presetOn()?.tests ?? false,
    serve(refusal) {
      for (const row of rows) row.refuse(refusal(row.method));
    },
    showCosts({ methods: costs, measuring, measured }, targets) {
      for (const row of rows) row.showCost(costs[row.method.name]);
      const seconds = (names: string[], tests: boolean) => {
        const all = names.map((name) => secondsOf(costs[name], targets));
        const testing = tests ? measuring.shared + names.length * targets * measuring.each : 0;
        return all.reduce((sum, one) => sum + one, testing);
      };
      const names = usable().map(({ method }) => method.name);
      presets.forEach(({ time, preset }) => {
        const wanted = preset.methods.filter((name) => names.includes(name));
        setText(time, durationWords(seconds(wanted, preset.tests)));
      });
      const own = chosen().map(({ method }) => method.name);
      const words = own.length && !presetOn() ? `These methods take ${durationWords(seconds(own, false))}. ` : '';
      setText(find(root, '.wb-total'), words + (measured ? '' : GUESSED));
    },
  };
}

/** Targets share the forward passes; each has its own backward ones. */
function secondsOf(cost: Cost | undefined, targets: number): number {
  if (!Array.isArray(cost)) return 0;
  const [forward, backward, seconds] = cost;
  const work = forward + 2 * backward;
  return work ? (seconds * (forward + 2 * backward * targets)) / work : 0;
}

function presetButton(preset: Preset, choose: () => void) {
  const node = radio('wb-preset', '', choose);
  const time = make('span', 'wb-time');
  const title = make('span', 'wb-preset-title');
  title.append(make('b', '', preset.title), ' ', time);
  node.append(title, make('small', '', preset.words));
  return { node, time, preset };
}

function methodRow(method: MethodPayload, isOn: boolean, changed: () => void) {
  const label = make('label', 'wb-method');
  const input = make('input');
  const cost = make('small', 'wb-cost');
  const why = make('small', 'wb-why');
  input.type = 'checkbox';
  input.value = method.name;
  input.checked = isOn;
  input.addEventListener('change', changed);
  label.append(input, make('b', '', method.title), cost, why, make('small', 'wb-trust', method.trust));
  label.title = method.source;
  let unfit = ''; // why it cannot explain the target
  let refused = ''; // why it would not run with these settings
  const show = () => {
    input.disabled = !!(unfit || refused);
    setText(why, unfit || refused);
  };
  return {
    method,
    input,
    label,
    refuse(reason: string) {
      unfit = reason;
      show();
    },
    showCost(told: Cost | undefined) {
      refused = typeof told === 'string' ? `Not with these settings: ${told}.` : '';
      setText(cost, costWords(told));
      show();
    },
  };
}

function costWords(cost: Cost | undefined): string {
  if (!Array.isArray(cost)) return '';
  const [forward, backward, seconds] = cost;
  const passes = forward + backward;
  return passes ? `${durationWords(seconds)} · ${grouped(passes)} ${passes === 1 ? 'pass' : 'passes'}` : 'at once';
}
