/** Puts the workbench on the page: what it follows in Inspect, and what it hands over. */
import { csvOf, type Table } from '../core/table';
import { subscribe } from '../page/channels';
import type { Host } from '../page/component';
import { download, handOver } from '../page/files';
import { inspectorNode } from '../page/inspected';
import { type Cut, type Link, type LinkState, copyLink, linkOf } from '../page/link';
import { parquetOf } from '../page/parquet';
import { button, find, finder, make, onThemeChange } from '../ui/dom';
import { pngOf, svgSource } from '../ui/svg';
import { faithfulTable } from './faithful_tables';
import { methodsTable, scoresTable, tracksSvg } from './files';
import { subjectRequest } from './tracks';
import { type AttributeProps, type Workbench, makeWorkbench } from './workbench';

/** For tests and for the browser's console. */
type WorkbenchNode = HTMLElement & { workbench?: () => Record<string, unknown> };

export function mountAttribute(host: Host<AttributeProps>): void {
  const root: WorkbenchNode = find(host.element, '.wb');
  const workbench = makeWorkbench(root, host);
  offerFiles(root, workbench);
  const link = find(root, '.wb-link');
  link.addEventListener('click', () => {
    const shown = workbenchLink(workbench.state());
    if (shown) copyLink(shown, link, find<HTMLInputElement>(root, '.wb-address'));
  });
  subscribe('link-asked', (linked) => workbench.setLinked(linked));
  host.watch('result', () => workbench.resultArrived());
  host.watch('measured', () => workbench.measuredArrived());
  new IntersectionObserver((entries) => {
    if (entries.some(({ isIntersecting }) => isIntersecting)) workbench.refresh();
  }).observe(root);
  followInspect(root, workbench);
  onThemeChange(() => workbench.faithfulness.redraw());
  workbench.refresh();
  root.workbench = () => workbench.record();
}

/** What arrives in Inspect while this tab is open: an attribution, another input. */
function followInspect(root: HTMLElement, workbench: Workbench): void {
  const inspector = inspectorNode()?.closest('#inspector');
  if (!inspector) return;
  const attributeFilter = ['data-ready', 'data-attribution'];
  new MutationObserver(() => {
    if (root.offsetParent) workbench.refresh();
  }).observe(inspector, { subtree: true, attributes: true, attributeFilter });
}

/** The link to what is on the tab: Inspect's view, which it is about, and what is chosen here. */
function workbenchLink(state: LinkState): Link | null {
  const view = inspectorNode()?.viewLink?.();
  if (!view) return null;
  const texts: Cut = ['the baseline’s texts', ({ base_x, base_h }) => (base_x || base_h) && { base_x: '', base_h: '' }];
  // A target may number the tokens of a text that is left out.
  const cuts = view.cuts.map(([words, cut]): Cut => [
    words,
    (now) => {
      const parts = cut(now);
      return parts && 'x' in parts ? { ...parts, explain: '' } : parts;
    },
  ]);
  return linkOf({ tab: 'attribute', ...view.state, ...state }, [texts, ...cuts], view.left);
}

/** [words, kind, save(name)]. */
type File = [words: string, kind: string, save: (name: string) => unknown];

function offerFiles(root: HTMLElement, workbench: Workbench): void {
  const part = finder(root, 'wb');
  const trace = () => workbench.subject()!.trace;
  const here = () => workbench.tracks().filter(({ key }) => key === trace().key);
  const title = () => part('sentence').textContent;
  const figure = () => svgSource(tracksSvg(title(), workbench.figureParts()));
  const everything = () => {
    const { tracks, errors, agreement, faithfulness } = workbench.record();
    const subject = subjectRequest(workbench.subject()!);
    return { subject, sentence: title(), tracks, errors, agreement, faithfulness };
  };
  const tables: [words: string, kind: string, end: string, table: () => Table][] = [
    ['Scores', 'scores', 'scores', () => scoresTable(trace(), here())],
    ['Methods', 'methods', 'methods', () => methodsTable(workbench.tracks())],
    ['Faithfulness', 'faithful', 'faithfulness', () => faithfulTable(workbench.faithfulness.records())],
  ];
  const files: File[] = [
    ...tables.map(([words, kind, end, table]): File => [
      `${words} (CSV)`,
      `${kind}-csv`,
      (name) => download(`${name}-${end}.csv`, csvOf(table()), 'text/csv'),
    ]),
    ...tables.map(([words, kind, end, table]): File => [
      `${words} (Parquet)`,
      `${kind}-parquet`,
      (name) => download(`${name}-${end}.parquet`, parquetOf(table())),
    ]),
    [
      'Everything (JSON)',
      'json',
      (name) => download(`${name}.json`, JSON.stringify(everything(), null, 1), 'application/json'),
    ],
    ['Tracks (SVG)', 'svg', (name) => download(`${name}.svg`, figure(), 'image/svg+xml')],
    ['Tracks (PNG)', 'png', async (name) => download(`${name}.png`, await pngOf(figure()))],
  ];
  const buttons = files.map(([words, kind, save]) => {
    const node = button('wb-file', words);
    node.dataset.file = kind;
    node.addEventListener('click', () => {
      const subject = workbench.subject();
      if (subject) void handOver(node, () => save(`attribution-${subject.trace.key}`));
    });
    return node;
  });
  part('keep').replaceChildren(make('span', 'wb-caption', 'Download'), ...buttons);
}
