/** What is asked for: target, methods and their settings. Built from the table of methods and the input on screen. */
import type { ControlsPayload, Estimates, LinkedAttribution, MethodPayload } from '../contracts';
import { clip, plainToken } from '../core/format';
import { endOf, startOf } from '../core/spans';
import {
  type TargetField,
  type TargetFields,
  type TargetKind,
  isGate,
  targetKinds,
  targetName,
  targetParts,
} from '../core/targets';
import type { Trace } from '../core/trace';
import type { Subject } from '../page/inspected';
import type { LinkState } from '../page/link';
import { finder } from '../ui/dom';
import { methodChoice } from './method_choice';
import { hasOption, setOptions } from './select';
import { type Parameters, type Shared, makeSettings } from './settings';

const FIELDS: TargetField[] = ['label', 'other', 'from', 'to', 'step'];
const KINDS_OF_EVERY_INPUT = /^(prediction|gate|margin|effect)$/;
const REST = 120; // ms without a change until the cost is asked for

export type Server = Record<string, ((...data: unknown[]) => Promise<unknown>) | undefined>;

export interface Controls {
  /** The input or the route on screen may be another one. */
  show(subject: Subject): void;
  /** The target, and the gates where they are wanted too. */
  targets(): string[];
  explainGateOf(t: number): void;
  /** Ask anew what the methods cost: a run has measured how fast the model is. */
  estimate(): void;
  /** As parts of an address; the answer on screen needs none, the view's own names it. */
  state(): LinkState;
  /** What an address asks for, checked; returns in words what of it does not fit the input. */
  restore(linked: LinkedAttribution): string[];
  chosen(): MethodPayload[];
  /** Whether the chosen methods are tested as well. */
  tests(): boolean;
  parameters(method: string): Parameters;
  request(): { methods: Record<string, Parameters> } & Shared;
  /** What a method's numbers depend on besides target and route, as one text; `usual`: with nothing set. */
  settings(method: string): string;
  usual(method: string): string;
}

export function makeControls(
  root: HTMLElement,
  config: ControlsPayload,
  changed: () => void,
  server?: Server,
): Controls {
  const part = finder(root, 'wb');
  const kind = part<HTMLSelectElement>('kind');
  const fields = Object.fromEntries(FIELDS.map((name) => [name, part<HTMLSelectElement>(name)])) as Record<
    TargetField,
    HTMLSelectElement
  >;
  const gateToo = part<HTMLInputElement>('gate-too');
  const methods = methodChoice(root, config.methods, () => later());
  const settings = makeSettings(root, config, () => later());
  let trace: Trace | null = null;
  let kinds: TargetKind[] = [];
  let followed = true; // the answer on screen is explained, until the visitor chooses another one
  let timer: ReturnType<typeof setTimeout>;
  let estimates = 0;

  const values = (): TargetFields => Object.fromEntries(FIELDS.map((name) => [name, fields[name].value]));
  const target = () => targetName(trace!, kind.value, values())!;
  const targets = () => (kind.value === 'gate' || !gateToo.checked ? [target()] : [target(), 'gate']);

  function fill({ readout, labels, tokens, written }: Trace) {
    const names = readout === 'classification' ? labels.map((name): [string, string] => [name, name]) : [];
    const numbered = (texts: string[]) =>
      texts.map((token, i): [number, string] => [i, `${i + 1} ${clip(plainToken(token), 18)}`]);
    setOptions(fields.label, names);
    setOptions(fields.other, names);
    setOptions(fields.from, numbered(tokens));
    setOptions(fields.to, numbered(tokens));
    setOptions(fields.step, numbered(written?.tokens ?? []));
  }

  function showFields() {
    const used = (kinds.find(([name]) => name === kind.value) ?? kinds[0])[2];
    for (const name of FIELDS) fields[name].hidden = !used.includes(name);
    part('against').hidden = !used.includes('other');
    part('until').hidden = !used.includes('to');
    part('beside').hidden = kind.value === 'gate';
    methods.serve(refusal);
  }

  /** Why a method cannot explain what is asked for. */
  function refusal({ targets, name }: MethodPayload): string {
    const wanted = isGate(kind.value) ? 'gate' : 'score';
    if (!targets.includes(wanted)) return `Explains ${targets.join('s and ')}s, not ${wanted}s.`;
    if (name === 'exact' && !trace!.answers) return 'A written text is no sum, so that it has no contributions.';
    return '';
  }

  function follow({ trace: on, view, outcome }: Subject) {
    const answer = view.label ?? outcome.best;
    if (on.readout === 'classification') {
      fields.label.value = on.nameOf(answer);
      const others = [...on.labels.keys()].filter((c) => c !== answer);
      const [rival] = others.sort((a, b) => outcome.logits[b] - outcome.logits[a]);
      if (others.length) fields.other.value = on.nameOf(rival);
    } else if (on.readout === 'span') {
      fields.from.value = String(startOf(on, answer));
      fields.to.value = String(endOf(on, answer));
    }
  }

  function later() {
    showFields();
    changed();
    clearTimeout(timer);
    timer = setTimeout(() => void estimate(), REST);
  }

  async function estimate() {
    if (!server?.estimate || !trace) return;
    const id = ++estimates;
    const { granularity } = settings.shared();
    const request = {
      checkpoint: trace.checkpoint,
      granularity,
      sides: settings.sides(trace),
      methods: methods.all((method) => settings.parameters(method)),
    };
    const costs = (await server.estimate(request).catch(() => null)) as Estimates | null; // a run would say what is wrong
    if (!costs || id !== estimates) return;
    methods.showCosts(costs, targets().length);
    settings.messages(costs.methods);
  }

  /** Whether there is such a target here; then it is chosen. */
  function explain(wanted: string): boolean {
    const { kind: name, fields: parts } = targetParts(trace!, wanted);
    const entries = Object.entries(parts) as [TargetField, string][];
    const exists = kinds.some(([known]) => known === name) && targetName(trace!, name, parts) === wanted;
    if (!exists || !entries.every(([field, value]) => hasOption(fields[field], value))) return false;
    kind.value = name;
    for (const [field, value] of entries) fields[field].value = value;
    followed = false;
    return true;
  }

  for (const node of [kind, ...Object.values(fields)])
    node.addEventListener('change', () => {
      followed = false;
      later();
    });
  gateToo.addEventListener('change', later);

  return {
    show(subject) {
      const before = trace;
      trace = subject.trace;
      if (before?.key !== trace.key) {
        kinds = targetKinds(trace);
        const [first] = kinds[0];
        const names = kinds.map(([name, words]): [string, string] => [name, words]);
        setOptions(kind, names, before?.readout === trace.readout ? kind.value : first);
        if (!KINDS_OF_EVERY_INPUT.test(kind.value)) kind.value = first;
        fill(trace);
        followed = true;
        settings.show(trace);
      }
      if (followed) follow(subject);
      later();
    },
    targets,
    explainGateOf(t) {
      kind.value = 'gate-token';
      fields.from.value = String(t);
      followed = false;
      later();
    },
    estimate: () => void estimate(),
    state: () => ({
      explain: followed ? '' : target(),
      beside: gateToo.checked ? '' : 'no',
      methods: methods
        .chosen()
        .map(({ name }) => name)
        .join(','),
      ...settings.state(),
    }),
    restore(linked) {
      if (linked.methods) methods.choose(linked.methods);
      gateToo.checked = linked.beside;
      settings.restore(linked);
      const fits = !linked.target || explain(linked.target);
      later();
      return fits ? [] : [`the target “${clip(linked.target!, 60)}” was not used: it does not fit what is on screen`];
    },
    chosen: () => methods.chosen(),
    tests: () => methods.tests(),
    parameters: (method) => settings.parameters(method),
    request: () => ({ methods: methods.picked((method) => settings.parameters(method)), ...settings.shared() }),
    settings: (method) => settings.key(method),
    usual: (method) => settings.usual(method),
  };
}
