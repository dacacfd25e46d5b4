/** Settings of a run: those all methods share, and each method's own, within the limits of the table. */
import type { AttributionRequest, ControlsPayload, LinkedAttribution, MethodPayload } from '../contracts';
import type { Trace } from '../core/trace';
import type { LinkState } from '../page/link';
import { finder, make, nameParts, setText } from '../ui/dom';
import { setOptions } from './select';

export type Parameters = Record<string, number | null>;

/** texts: x and h of a baseline of one's own. */
export interface Shared {
  baseline: string;
  texts: [string, string] | null;
  granularity: string;
  seed: number;
}

/** [text, tokens, whether it is text] of an input that gets scores. */
type Side = [text: string, tokens: number, isText: boolean];

export interface Settings {
  parameters(method: string): Parameters;
  shared(): Shared;
  show(trace: Trace): void;
  /** As parts of an address: only what is not as usual. */
  state(): LinkState;
  /** What is named, and checked. */
  restore(linked: Pick<LinkedAttribution, 'baseline' | 'granularity' | 'seed' | 'texts' | 'parameters'>): void;
  /** What decides how many units get a score, and with them how long a method takes. */
  sides(trace: Trace): Side[];
  /** What is wrong with a method's settings. */
  messages(costs: Record<string, unknown>): void;
  /** What a method's numbers depend on, now and with nothing set. */
  key(method: string): string;
  usual(method: string): string;
}

export type SettingsRequest = Pick<AttributionRequest, 'baseline' | 'texts' | 'granularity' | 'seed'>;

export function makeSettings(root: HTMLElement, config: ControlsPayload, changed: () => void): Settings {
  const part = finder(root, 'wb');
  const baseline = part<HTMLSelectElement>('baseline');
  const granularity = part<HTMLSelectElement>('granularity');
  const seed = part<HTMLInputElement>('seed');
  const own = [part<HTMLTextAreaElement>('own-x'), part<HTMLTextAreaElement>('own-h')];
  const [usualBaseline, usualGranularity] = [config.baselines[0][0], config.granularities[0][0]];
  setOptions(baseline, config.baselines);
  setOptions(granularity, config.granularities);
  seed.max = String(config.limits.seed);
  for (const field of own) field.maxLength = config.limits.text;
  const rows = config.methods
    .filter(({ parameters }) => parameters.length)
    .map((method) => parameterRow(method, () => later()));
  part('parameters').replaceChildren(...rows.map(({ node }) => node));

  const parameters = (name: string) => rows.find(({ method }) => method.name === name)?.values() ?? {};
  const shared = (): Shared => ({
    baseline: baseline.value,
    texts: baseline.value === 'text' ? [own[0].value, own[1].value] : null,
    granularity: granularity.value,
    seed: Math.trunc(Number(seed.value)) || 0,
  });
  const describe = () => {
    part('own').hidden = baseline.value !== 'text';
    const absent = baseline.selectedOptions[0]?.textContent ?? '';
    const unit = granularity.selectedOptions[0]?.value ?? '';
    const words = `absent words become ${absent}; one score per ${unit}; seed ${shared().seed}`;
    setText(part('settings-words'), words);
  };
  const later = () => {
    describe();
    changed();
  };
  for (const node of [baseline, granularity, seed, ...own]) node.addEventListener('change', later);
  describe();

  const methodOf = (name: string) => config.methods.find((method) => method.name === name);
  return {
    parameters,
    shared,
    show(trace) {
      nameParts(root, '.wb-own [data-word=x]', trace.xName);
      part('own-context').hidden = trace.contextKind !== 'text';
    },
    state() {
      const { baseline: absent, texts, granularity: unit, seed: drawn } = shared();
      return {
        baseline: absent === usualBaseline ? '' : absent,
        granularity: unit === usualGranularity ? '' : unit,
        seed: drawn ? String(drawn) : '',
        base_x: texts?.[0] ?? '',
        base_h: texts?.[1] ?? '',
        set: rows.flatMap(setParameters).join(','),
      };
    },
    restore(linked) {
      if (linked.baseline != null) baseline.value = linked.baseline;
      if (linked.granularity != null) granularity.value = linked.granularity;
      if (linked.seed != null) seed.value = String(linked.seed);
      linked.texts?.forEach((text, i) => (own[i].value = text));
      for (const row of rows) row.set(linked.parameters[row.method.name] ?? {});
      // Whoever opens a link sees that something is set.
      const anything = linked.baseline || linked.granularity || linked.seed || Object.keys(linked.parameters).length;
      if (anything) part<HTMLDetailsElement>('settings').open = true;
      describe();
    },
    sides: (trace) => [
      [trace.x, trace.T, true],
      ...(trace.S && trace.contextKind !== 'backward'
        ? [[trace.h, trace.S, trace.contextKind === 'text'] as Side]
        : []),
    ],
    messages: (costs) => rows.forEach((row) => row.showMessage(costs[row.method.name])),
    key: (name) => keyOf(methodOf(name), shared(), parameters(name)),
    usual(name) {
      const method = methodOf(name);
      const defaults = Object.fromEntries(
        (method?.parameters ?? []).map(({ name: own, default: usual }) => [own, usual]),
      );
      const usual = { baseline: usualBaseline, texts: null, granularity: usualGranularity, seed: 0 };
      return keyOf(method, usual, defaults);
    },
  };
}

/** Only what the method's numbers depend on. */
function keyOf(
  method: MethodPayload | undefined,
  { baseline, texts, granularity, seed }: Shared,
  parameters: Parameters,
): string {
  return JSON.stringify([granularity, method?.baseline ? [baseline, texts] : 0, method?.random ? seed : 0, parameters]);
}

interface ParameterRow {
  method: MethodPayload;
  node: HTMLElement;
  values: () => Parameters;
  set(values: Parameters): void;
  showMessage(cost: unknown): void;
}

function parameterRow(method: MethodPayload, changed: () => void): ParameterRow {
  const node = make('fieldset', 'wb-parameter');
  const message = make('span', 'wb-wrong');
  message.setAttribute('role', 'alert');
  const fields = method.parameters.map((parameter) => {
    const label = make('label', 'wb-field');
    const input = make('input');
    input.type = 'number';
    input.min = String(parameter.low);
    input.max = String(parameter.high);
    input.step = parameter.whole ? '1' : 'any';
    input.value = String(parameter.default ?? '');
    input.placeholder = parameter.default === null ? 'auto' : '';
    const range = `From ${parameter.low.toLocaleString('en')} to ${parameter.high.toLocaleString('en')}.`;
    input.title = `${parameter.help} ${range}`;
    input.addEventListener('change', changed);
    label.append(make('span', '', parameter.title), input);
    return { name: parameter.name, input, label };
  });
  node.append(make('legend', '', method.title), ...fields.map(({ label }) => label), message);
  return {
    method,
    node,
    values: () =>
      Object.fromEntries(fields.map(({ name, input }) => [name, input.value === '' ? null : Number(input.value)])),
    set: (values) => {
      for (const { name, input } of fields) if (name in values) input.value = String(values[name] ?? '');
    },
    showMessage: (cost) => setText(message, typeof cost === 'string' ? cost : ''),
  };
}

/** `method.parameter:64` of what is not as usual. */
function setParameters({ method, values }: ParameterRow): string[] {
  const set = values();
  return method.parameters
    .filter(({ name, default: usual }) => set[name] !== usual)
    .map(({ name }) => `${method.name}.${name}:${set[name] ?? ''}`);
}
