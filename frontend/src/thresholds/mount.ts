/** Puts the thresholds on the page or into a saved file, and hands over what is on the tab. */
import { gateChangedTable, gateJson, gateThetaTable } from '../core/rows/gate_words';
import { intervalsOf } from '../core/rows/intervals';
import { measure } from '../core/rows/measure';
import { statesAt } from '../core/rows/rows';
import { changedRows, rowsJson, thetaTable } from '../core/rows/tables';
import { settledWords } from '../core/rows/words';
import { withoutStop } from '../core/format';
import { csvOf } from '../core/table';
import { decode } from '../core/trace';
import { type Pin, openTab, publish, subscribe } from '../page/channels';
import type { Host } from '../page/component';
import { download, fileOf, handOver } from '../page/files';
import { inspectorNode, onScreen, pinOnScreen } from '../page/inspected';
import { addressWriter, copyLink } from '../page/link';
import { parquetOf } from '../page/parquet';
import { packedPlotly } from '../page/plotly';
import { find, finder, onThemeChange, setText } from '../ui/dom';
import type { WantedState } from './fields';
import type { AnyRows } from './loading';
import { NO_THETAS } from './rows_view';
import { type ThresholdsProps, type ThresholdsTab, makeTab } from './tab';

/** What a saved file holds: the rows as they came, what was chosen, and the input of Inspect if that was wanted. */
export interface SavedRows {
  rows: AnyRows;
  state: WantedState;
  input: Pin | null;
  /** Of the day on which it was saved. */
  date: string;
}

/** For tests and for the browser's console: what is on screen. */
type ThresholdsNode = HTMLElement & { inspect?: () => Record<string, unknown> };

function makeNode(host: Host<ThresholdsProps>): { root: ThresholdsNode; tab: ThresholdsTab } {
  const root: ThresholdsNode = find(host.element, '.th');
  const part = finder(root, 'th');
  const remember = addressWriter(root, () => ({ tab: 'thresholds', ...tab.parts() }), host.props.saved);
  const tab = makeTab(root, host, remember);
  const { view } = tab;
  part('default').addEventListener('click', () => {
    const theta = view.study()?.rows.theta ?? tab.gate.rows()?.payload.theta;
    if (theta !== undefined) view.setTheta(theta);
  });
  view.plots.price.onClick(({ customdata }) => {
    if (typeof customdata === 'number') view.setTheta(customdata);
  });
  view.plots.curve.onClick(({ customdata, data, pointNumber }) => {
    const entries = view.study()?.rows.entries ?? [];
    if (typeof customdata === 'number') view.setTheta(customdata);
    else if (data.name === 'routed' && entries.length)
      view.setTheta([...entries].sort((a, b) => a.share - b.share)[pointNumber].theta);
  });
  for (const kind of ['input', 'change', 'click']) root.addEventListener(kind, remember);
  onThemeChange(() => Object.values(view.plots).forEach((plot) => plot.redraw()));
  offerFiles(root, tab);
  root.inspect = () => ({
    rows: view.study()?.rows ?? null,
    gate: tab.gate.at(),
    theta: view.theta(),
    chosen: tab.gate.rows() ? tab.gate.choices() : view.choices(),
  });
  return { root, tab };
}

export function mountThresholds(host: Host<ThresholdsProps>): void {
  const { root, tab } = makeNode(host);
  const part = finder(root, 'th');
  part('apply').addEventListener('click', () => {
    const theta = tab.view.theta();
    const gate = tab.gate.rows()?.payload.name;
    if (gate) publish('language-theta', { theta, gate });
    else publish('theta', { theta, policy: 'threshold' });
    openTab(gate ? 'Language model' : 'Inspect');
  });
  const link = part('link');
  link.addEventListener('click', () => copyLink(tab.link(), link, part<HTMLInputElement>('address')));
  subscribe('link-rows', (linked) => void tab.showLinked(linked));
  host.watch('own', () => tab.ownArrived());
  followInspect(root, tab);
}

/** When the tab is opened, and when what Inspect was loading meanwhile arrives. */
function followInspect(root: HTMLElement, tab: ThresholdsTab): void {
  let visible = false;
  new IntersectionObserver((entries) => {
    const now = entries.at(-1)!.isIntersecting;
    if (now && !visible) tab.opened();
    if (!now && visible && !root.getClientRects().length) tab.left();
    visible = now || (visible && root.getClientRects().length > 0); // scrolled away is not left
  }).observe(root);
  const inspector = inspectorNode()?.closest('#inspector');
  if (!inspector) return;
  new MutationObserver(() => {
    if (visible) tab.opened();
  }).observe(inspector, { subtree: true, attributes: true, attributeFilter: ['data-ready'] });
}

/** In a saved file: the rows it holds, the view it was saved with, and on top what was settled then. */
export async function mountSavedRows(host: Host<ThresholdsProps>, saved: SavedRows): Promise<void> {
  const { root, tab } = makeNode(host);
  const part = finder(root, 'th');
  const { rows: payload, state, input, date } = saved;
  tab.loader.add(payload.name, payload);
  const trace = input && decode(input.payload);
  tab.band.show(trace && { trace, view: { ...input.view, overrides: new Map(input.view.overrides), ignored: new Set() } }); // prettier-ignore
  setText(part('band-title'), 'The saved input');
  if (!packedPlotly())
    for (const name of ['of-figure', 'price', 'reliability', 'curve-files']) part(name).hidden = true;
  await tab.showState(state);
  part('settled').hidden = false;
  setText(part('settled-of'), `${payload.title} (${payload.name}, revision ${payload.revision}), ${date}. `);
  if (payload.kind === 'curve') return setText(part('settled-words'), payload.why);
  if (payload.kind === 'gate')
    return tab.gate.settled((words) => {
      setText(part('settled-words'), words);
      root.dataset.settled = String(tab.view.theta());
    });
  const { rows, reading, all } = tab.view.study()!;
  const theta = tab.view.theta();
  const states = statesAt(rows, theta);
  const at = { theta, ...measure(rows, states) };
  intervalsOf(rows, states, reading, (intervals) => {
    setText(part('settled-words'), settledWords(rows, at, all, intervals));
    root.dataset.settled = String(theta);
  });
}

type File = [end: string, content: string | Blob, type?: string];

function offerFiles(root: HTMLElement, tab: ThresholdsTab): void {
  const part = finder(root, 'th');
  const { view, gate } = tab;
  const rows = () => view.study()!.rows;
  const table = () => (gate.rows() ? gateThetaTable(gate.rows()!) : thetaTable(rows()));
  const json = () => (gate.rows() ? gateJson(gate.rows()!, table()) : rowsJson(rows(), table()));
  const changed = () => {
    const thetas = view.compared();
    if (!thetas) throw new Error(withoutStop(NO_THETAS));
    if (gate.rows()) return csvOf(gateChangedTable(gate.rows()!, gate.changes()));
    const [before, after] = thetas.map((theta) => statesAt(rows(), theta));
    return csvOf(changedRows(rows(), before, after));
  };
  const files: Record<string, () => File | Promise<File>> = {
    html: async () => ['html', await savedFile(root, tab)],
    csv: () => ['csv', csvOf(table()), 'text/csv'],
    json: () => ['json', json(), 'application/json'],
    parquet: () => ['parquet', parquetOf(table())],
    'changed-csv': () => ['changed.csv', changed(), 'text/csv'],
    'curve-svg': async () => ['curve.svg', await view.plots.curve.file('svg'), 'image/svg+xml'],
    'curve-png': async () => ['curve.png', await view.plots.curve.file('png')],
  };
  for (const [kind, make] of Object.entries(files)) {
    const node = part<HTMLButtonElement>(kind);
    const save = async () => {
      const [end, content, type] = await make();
      download(`thresholds-${tab.isOwn() ? 'own-rows' : tab.name()}.${end}`, content, type);
    };
    node.addEventListener('click', () => void handOver(node, save));
  }
}

async function savedFile(root: HTMLElement, tab: ThresholdsTab): Promise<Blob> {
  const parts = await tab.loader.fileParts();
  const { payload } = tab.loaded()!;
  // A text that was written cannot be written anew in a file.
  const wanted = find<HTMLInputElement>(root, '.th-with-input').checked && onScreen()?.trace.answers;
  const texts = tab.isOwn() && payload.kind === 'rows' ? payload.texts : null;
  const data = {
    rows: payload.kind === 'rows' ? { ...payload, atHand: false, texts } : payload,
    state: { ...tab.state(), rows: payload.name },
    input: wanted ? pinOnScreen() : null,
    date: new Date().toISOString().slice(0, 10),
  };
  return fileOf(parts, data, root.dataset.plotly);
}
