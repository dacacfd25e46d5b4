/** Which methods run, and what they cost. */
import type { MethodPayload } from '../contracts';
import { grouped } from '../core/format';
import { find, make, setText } from '../ui/dom';
import type { Parameters } from './settings';

/** By method: rows through the model, forward and backward, or what is wrong with its settings. */
export type Costs = Record<string, [number, number] | string | undefined>;

type ParametersOf = (method: string) => Parameters;

export interface MethodChoice {
  chosen(): MethodPayload[];
  choose(names: string[]): void;
  /** The chosen methods, and all of them, each with its parameters. */
  picked(parameters: ParametersOf): Record<string, Parameters>;
  all(parameters: ParametersOf): Record<string, Parameters>;
  /** Offer only those that can explain what is asked for: exact contributions know no gate. */
  serve(kind: 'gate' | 'score'): void;
  showCosts(costs: Costs): void;
}

const USUAL_METHODS = ['exact', 'integrated_gradients'];

export function methodChoice(root: HTMLElement, methods: MethodPayload[], changed: () => void): MethodChoice {
  const total = find(root, '.wb-total');
  const rows = methods.map((method) => {
    const label = make('label', 'wb-method');
    const input = make('input');
    const cost = make('small', 'wb-cost');
    input.type = 'checkbox';
    input.value = method.name;
    input.checked = USUAL_METHODS.includes(method.name);
    input.addEventListener('change', changed);
    label.append(input, make('b', '', method.title), cost, make('small', 'wb-trust', method.trust));
    label.title = method.source;
    return { method, input, cost, label };
  });
  find(root, '.wb-methods').replaceChildren(...rows.map(({ label }) => label));
  const chosen = () => rows.filter(({ input }) => input.checked && !input.disabled);
  const withParameters = (list: typeof rows, parameters: ParametersOf) =>
    Object.fromEntries(list.map(({ method }) => [method.name, parameters(method.name)]));
  return {
    chosen: () => chosen().map(({ method }) => method),
    choose(names) {
      for (const { method, input } of rows) input.checked = names.includes(method.name);
    },
    picked: (parameters) => withParameters(chosen(), parameters),
    all: (parameters) => withParameters(rows, parameters),
    serve(kind) {
      for (const { method, input } of rows) input.disabled = !method.targets.includes(kind);
    },
    showCosts(costs) {
      for (const { method, cost } of rows) setText(cost, costWords(costs[method.name]));
      let passes = 0;
      for (const { method } of chosen()) {
        const cost = costs[method.name];
        if (Array.isArray(cost)) passes += cost[0] + cost[1];
      }
      const words =
        `The chosen methods take about ${grouped(passes)} passes through the model for each thing explained, ` +
        'forward and backward.';
      setText(total, passes ? words : '');
    },
  };
}

function costWords(cost: Costs[string]): string {
  if (!Array.isArray(cost)) return cost ? '!' : '';
  const passes = cost[0] + cost[1];
  return passes ? `about ${grouped(passes)} ${passes === 1 ? 'pass' : 'passes'}` : 'free';
}
