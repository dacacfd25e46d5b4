/** One text through several routers: a row per router, a column per token, the darker the more it wants to read. */
import type { Choice, FailedRow, GatesPayload, GatesRow } from '../contracts';
import { align } from '../core/align';
import { unpack } from '../core/arrays';
import { plainToken, thetaText } from '../core/format';
import type { Side } from '../core/pair';
import { publish } from '../page/channels';
import type { Answer } from '../page/component';
import { requestOf } from '../page/inspected';
import { requestQueue } from '../page/requests';
import { button, find, make, scopedCell, setText, table } from '../ui/dom';
import { roving } from '../ui/roving';

const STRONG = 0.72; // gates above it are so dark that their numbers are black

type Text = ReturnType<typeof requestOf>;
type Request = Omit<Text, 'policy' | 'threshold'> & { policy: null; threshold: null; routers: string[] };

export interface HeatMap {
  arrived(answer: Answer<GatesPayload> | null | undefined): void;
}

export function heatMap(
  root: HTMLElement,
  choices: Choice[],
  { current, send }: { current: () => Side; send: (request: Request) => void },
): HeatMap {
  const box = find(root, '.cmp-heat');
  const status = find(root, '.cmp-all-status');
  let text: Text | null = null;
  const queue = requestQueue<Request>(send, (error) => setText(status, `No answer: ${error}`));
  find(root, '.cmp-all').addEventListener('click', () => {
    const { trace, view } = current();
    text = requestOf(trace, view);
    setText(status, 'The routers are running …');
    const routers = routersFor(choices, trace.checkpoint, find<HTMLInputElement>(root, '.cmp-others').checked);
    queue.ask({ ...text, overrides: [], policy: null, threshold: null, routers });
  });
  return {
    arrived(answer) {
      if (!answer || !queue.accepts(answer) || answer.error != null || !text) return;
      setText(status, '');
      box.hidden = false;
      box.replaceChildren(heatTable(answer.rows, choices, text));
    },
  };
}

/** Those of the same task; others were trained on another kind of text, so that their gates say little about this one. */
function routersFor(choices: Choice[], checkpoint: string, others: boolean): string[] {
  const task = choices.find(({ name }) => name === checkpoint)?.task;
  return choices.filter((choice) => others || choice.task === task).map(({ name }) => name);
}

function heatTable(rows: GatesPayload['rows'], choices: Choice[], text: Text): HTMLElement {
  const tokens = rows.flatMap((row) => ('tokens' in row ? [row.tokens] : []))[0] ?? [];
  const place = ({ checkpoint }: { checkpoint: string }) => {
    const at = choices.findIndex(({ name }) => name === checkpoint);
    return at < 0 ? choices.length : at;
  };
  const lines = [...rows]
    .sort((a, b) => place(a) - place(b))
    .map((row) => heatRow(row, tokens, choices[place(row)]?.title ?? row.checkpoint, text));
  const heads = tokens.map((token) => scopedCell(make('span', '', plainToken(token)), 'col'));
  const node = table('cmp-heat-table', [scopedCell('router', 'col'), ...heads], lines.map((line) => line.node)); // prettier-ignore
  const cells = lines.map((line) => line.cells).filter((line) => line.length);
  const columns = tokens.map((_, i) => cells.flatMap((line) => line[i] ?? []));
  roving(
    node,
    columns.filter((column) => column.length),
  );
  return node;
}

function heatRow(
  row: GatesRow | FailedRow,
  tokens: string[],
  title: string,
  text: Text,
): { node: HTMLElement; cells: HTMLElement[] } {
  const node = make('tr');
  const th = scopedCell(make('span', '', title), 'row');
  node.append(th);
  if ('error' in row) {
    const cell = make('td', 'cmp-heat-error', row.error);
    cell.colSpan = tokens.length;
    node.append(cell);
    return { node, cells: [] };
  }
  const gates = unpack(row.gates);
  const reads = (gate: number) => row.reads && row.policy.includes('threshold') && gate > row.threshold;
  const reading = `${Array.from(gates).filter(reads).length} of ${gates.length} read at θ ${thetaText(row.threshold)}`;
  th.append(make('small', '', row.reads ? reading : 'has nothing to read here'));
  const both = align(tokens, row.tokens).filter(({ a, b }) => a >= 0 && b >= 0);
  const places = new Map(both.map(({ a, b }) => [a, b]));
  const cells: HTMLElement[] = [];
  tokens.forEach((token, i) => {
    const td = make('td');
    const at = places.get(i);
    if (at !== undefined) {
      const cell = heatCell(row, token, gates[at], reads(gates[at]), text);
      cells.push(cell);
      td.append(cell);
    }
    node.append(td);
  });
  return { node, cells };
}

function heatCell(row: GatesRow, token: string, gate: number, reads: boolean, text: Text): HTMLElement {
  const strong = gate > STRONG ? ' strong' : '';
  const node = button(`cmp-cell${reads ? ' reads' : ''}${strong}`, String(Math.round(100 * gate)));
  node.style.setProperty('--v', gate.toFixed(3));
  node.title = `${row.checkpoint}, ${plainToken(token)}: gate ${gate.toFixed(3)}${reads ? ', reads' : ''}`;
  node.setAttribute('aria-label', `${node.title}. Open in Inspect.`);
  const context = row.given ? { h: text.h, image: text.image } : { h: '', image: '' };
  node.addEventListener('click', () => publish('open', { checkpoint: row.checkpoint, x: text.x, ...context }));
  return node;
}
