/** What stands under a token, and how it is painted. */
import { percent, plainToken, signed } from '../core/format';
import { type Outcome, type View, flowTaken } from '../core/replay';
import type { Trace } from '../core/trace';
import { bar, setTwoBars, signedBar, twoBars } from '../ui/bars';
import { button, make, setText } from '../ui/dom';

export type AttributionRow = 'pushed' | 'opened';

export interface TokenColumn {
  node: HTMLElement;
  token: HTMLButtonElement;
  gate: HTMLElement;
  flow: HTMLButtonElement;
  /** One cell for every row of exact contributions. */
  parts: HTMLElement[];
  looked: HTMLElement | null;
  pushed: HTMLElement;
  opened: HTMLElement;
  /** What was painted last. */
  state: string;
}

const PART_ROWS = { classification: 1, span: 2, generation: 0 };

export function tokenColumn(trace: Trace, t: number): TokenColumn {
  const node = make('div', 'dr-col');
  node.dataset.i = String(t);
  node.setAttribute('role', 'group');
  const column: TokenColumn = {
    node,
    token: button('dr-tok', plainToken(trace.tokens[t])),
    gate: bar(),
    flow: button('dr-flow'),
    parts: Array.from({ length: PART_ROWS[trace.readout] }, twoBars),
    looked: trace.answers ? null : bar('looked'),
    pushed: signedBar('pushed'),
    opened: signedBar('opened'),
    state: '',
  };
  const { token, gate, flow, parts, looked, pushed, opened } = column;
  (gate.firstElementChild as HTMLElement).style.setProperty('--v', trace.reading[t].toFixed(4));
  gate.title = `gate ${trace.reading[t].toFixed(3)}`;
  node.append(token, gate, flow, ...parts, ...(looked ? [looked] : []), pushed, opened);
  return column;
}

/** scale: the contribution that fills a bar. */
export function paintToken(
  column: TokenColumn,
  trace: Trace,
  view: View,
  outcome: Outcome,
  label: number,
  scale: number,
  t: number,
): void {
  const byHand = view.overrides.has(t);
  const weights = outcome.weights.slice(t * trace.R, (t + 1) * trace.R);
  const state = [trace.readout === 'span' ? '' : label, byHand, ...weights].join();
  if (column.state === state) return; // most tokens keep their route from one frame to the next
  column.state = state;
  const taken = flowTaken(trace, outcome.weights, t);
  const name = taken < 0 ? 'mixed' : trace.flows[taken];
  column.node.dataset.flow = name;
  column.node.classList.toggle('flipped', byHand);
  setText(column.flow, taken < 0 ? percent(outcome.rho[t]).replace('%', '') : name[0].toUpperCase());
  const adds = paintParts(column, trace, outcome, label, scale, t);
  const words = `${plainToken(trace.tokens[t])}: gate ${trace.reading[t].toFixed(3)}, ${name}${byHand ? ', flipped' : ''}`;
  column.token.setAttribute('aria-label', `${words}${adds}. Select.`);
  column.flow.setAttribute('aria-label', `${words}. Send the other way.`);
  column.token.title = words;
  column.flow.title = `${words}. Click to send it the other way.`;
}

/** Returns what the token adds, in words. */
function paintParts(
  { parts }: TokenColumn,
  trace: Trace,
  { kappa, rho }: Outcome,
  label: number,
  scale: number,
  t: number,
): string {
  let adds = '';
  trace.parts(t, label).forEach(([own, got], k) => {
    const byItself = kappa[t] * own;
    const read = rho[t] * got;
    setTwoBars(parts[k], byItself / scale, read / scale);
    parts[k].title = `${signed(byItself, 3)} by itself, ${signed(read, 3)} from the ${trace.hName}`;
    adds += `${adds ? ' and' : ', adds'} ${signed(byItself + read)}`;
  });
  return adds;
}
