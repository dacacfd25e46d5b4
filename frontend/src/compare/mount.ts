/** Puts the comparison on the page: what comes from elsewhere, and what it hands over. */
import { csvOf } from '../core/table';
import { type Pin, publish, subscribe } from '../page/channels';
import type { Host } from '../page/component';
import { download } from '../page/files';
import { onNewInput } from '../page/inspected';
import { copyLink } from '../page/link';
import { parquetOf } from '../page/parquet';
import { find, finder } from '../ui/dom';
import { type CompareProps, type Comparison, makeComparison } from './comparison';
import { mountLanguagePair } from './language_pair';
import { pairLink } from './link';
import { pairRecord, pairTable } from './numbers';

/** For tests, exports and the browser's console: both views, their outcomes, and all numbers. */
type CompareNode = HTMLElement & { compare?: () => Record<string, unknown> | null };

export function mountCompare(host: Host<CompareProps>): void {
  const root: CompareNode = find(host.element, '.cmp');
  const { props, watch } = host;
  const comparison = makeComparison(root, host);
  offerFiles(root, comparison);
  if (!props.saved) mountLanguagePair(root);
  let restored = false;
  subscribe('kept', (kept) => (restored = comparison.restore(kept) && kept.reloaded));
  subscribe('pin', (pin) => comparison.pinned(pin));
  // The page's own address names A and B as well; then they are here already.
  subscribe('link-pair', (pair) => {
    if (!restored) comparison.awaitLinked(pair);
  });
  watch('retraced', () => comparison.retracedArrived());
  watch('paired', () => comparison.pairedArrived());
  watch('routed', () => comparison.routedArrived());
  for (const pin of props.value?.rows ?? []) comparison.pinned(pin);
  // The tab is built when it is first seen, and follows Inspect each time.
  new IntersectionObserver(([{ isIntersecting }]) => {
    if (isIntersecting) comparison.refresh();
  }).observe(root);
  onNewInput(() => {
    if (root.offsetParent) comparison.refresh();
  });
  root.compare = () => {
    const pair = comparison.pair();
    return pair && { ...pairRecord(pair), pins: pinsOf(comparison) };
  };
}

function pinsOf(comparison: Comparison): Pin[] {
  const { a, b } = comparison.pair()!;
  return [a, b].map(({ payload, view }) => ({
    payload,
    view: { ...view, overrides: [...view.overrides], ignored: [...view.ignored] },
  }));
}

function offerFiles(root: HTMLElement, comparison: Comparison): void {
  const part = finder(root, 'cmp');
  const pair = () => comparison.pair()!;
  const name = (end: string) => `compare-${pair().a.trace.key}-${pair().b.trace.key}.${end}`;
  part('csv').addEventListener('click', () => download(name('csv'), csvOf(pairTable(pair())), 'text/csv'));
  part('json').addEventListener('click', () =>
    download(name('json'), JSON.stringify(pairRecord(pair()), null, 1), 'application/json'),
  );
  part('parquet').addEventListener('click', () => download(name('parquet'), parquetOf(pairTable(pair()))));
  const toHtml = part<HTMLButtonElement>('html');
  toHtml.addEventListener('click', () => publish('save', { pins: pinsOf(comparison), button: toHtml }));
  const link = part('link');
  link.addEventListener('click', () => {
    const shown = comparison.pair();
    if (shown) copyLink(pairLink(shown), link, part<HTMLInputElement>('address'));
  });
}
