/** Tab "Compare": two views side by side, and what would have happened otherwise. */
import type { CompareStart, GatesPayload, PairPayload, RetracePayload, TracePayload } from '../contracts';
import { type FullView, type Pair, answerOf, comparePair, outcomeOf } from '../core/pair';
import { pairSentence } from '../core/pair_sentence';
import { usesTheta } from '../core/policies';
import { otherFlow } from '../core/replay';
import { type Pin, publish } from '../page/channels';
import { type KeptViews, keepViews } from '../page/kept_views';
import type { Answer, Host } from '../page/component';
import { isOpening, requestOf } from '../page/inspected';
import { addressWriter } from '../page/link';
import { finder, setText } from '../ui/dom';
import { markPolicy, offerPolicies } from '../ui/policies';
import { answerTable } from './answers';
import { type Origin, editPanel } from './edit';
import { heatMap } from './heat';
import { type LinkedViews, linkedViews, pairState } from './link';
import { pairGrid } from './pair_grid';
import { type SideName, rowList } from './row_list';
import { type Row, stateWords } from './rows';
import { rowSelection } from './selection';
import { unreadPanel } from './unread';
import { whatIf } from './whatif';
import { wordPanel } from './word_panel';

export interface CompareProps {
  /** rows: pins that the tab begins with. */
  value?: (Partial<CompareStart> & { rows?: Pin[] }) | null;
  retraced?: Answer<RetracePayload> | null;
  paired?: Answer<PairPayload> | null;
  routed?: Answer<GatesPayload> | null;
}

export interface Comparison {
  /** What the controls say now; null until there are two views. */
  pair(): Pair<Row> | null;
  /** Follow Inspect, and show A and B. */
  refresh(): void;
  pinned(pin: Pin): void;
  /** What a reload left. Returns whether A and B are what they were. */
  restore(kept: KeptViews): boolean;
  /** Ask for the views of a link. */
  awaitLinked: LinkedViews['ask'];
  retracedArrived(): void;
  pairedArrived(): void;
  routedArrived(): void;
}

const REST = 300; // ms

export function makeComparison(root: HTMLElement, { props, trigger }: Host<CompareProps>): Comparison {
  const part = finder(root, 'cmp');
  const slider = part<HTMLInputElement>('slider');
  const choices = props.value?.choices ?? [];
  const selection = rowSelection();
  const { chosen } = selection;
  let pair: Pair<Row> | null = null;
  let selected = -1; // a place in both texts
  let frame = 0;
  let built = ''; // what the tracks were built for
  let awaited = false; // the views of a link are on their way
  let lost: string[] = []; // rows that a reload would lose
  let keeping: ReturnType<typeof setTimeout>;

  const a = () => selection.find('a')!;
  const b = () => selection.find('b')!;
  const tokenOfB = () => (selected < 0 ? -1 : pair!.columns[selected].b);

  const list = rowList(root, {
    titleOf: (checkpoint) => choices.find(({ name }) => name === checkpoint)?.title ?? checkpoint,
    onChoose: choose,
    onOpen: ({ trace, view }) => publish('open', requestOf(trace, view)),
    onRemove: remove,
  });
  const answers = answerTable(root);
  const grid = pairGrid(root, { onSelect: (i) => pick(selected === i ? -1 : i), onFlip: flip });
  const force = whatIf(root, { current: b, selected: tokenOfB, onChanged: intervened });
  const unread = unreadPanel(root, { current: b, onChanged: (ignored) => edited({ ignored }), say: force.say });
  const edit = editPanel(root, choices, { current: b, onRow: arrived, send: (request) => trigger('retrace', request) });
  const word = wordPanel(root, (x) => edit.run(x));
  const heat = heatMap(root, choices, { current: b, send: (request) => trigger('through_all', request) });
  const linked = linkedViews((request) => trigger('open_pair', request), showLinked);
  const remember = addressWriter(root, () => pairState(awaited ? null : pair, chosen), props.saved);

  function refresh() {
    if (!isOpening() && selection.follow()) show();
  }

  /** A reload may come at any time; what is dragged is kept once it rests. */
  function keep(wait = REST) {
    if (props.saved) return;
    clearTimeout(keeping);
    keeping = setTimeout(() => {
      lost = keepViews(selection.toKeep()).map(({ name }) => name ?? '');
      if (pair) describe();
    }, wait);
  }

  const describe = () => setText(part('state'), stateWords(selection.hasKept(), selection.twin(), awaited, lost));

  const builtFor = (one: Row, other: Row) =>
    [one.id, one.trace.key, other.id, other.trace.key, other.trace.written?.text ?? ''].join(' ');

  function show() {
    const one = a();
    const other = b();
    list.build(selection.rows());
    if (builtFor(one, other) !== built) {
      built = builtFor(one, other);
      selected = -1;
      pair = comparePair(one, other);
      grid.build(pair);
      buildB(other);
    }
    paint();
  }

  function buildB(row: Row) {
    offerPolicies(part('policies'), 'cmp-policy', row.trace.policies, (policy) => edited({ policy }));
    force.build(row);
    unread.build(row);
    edit.build(row);
    part('no-sum').hidden = row.trace.answers;
  }

  /** One frame: everything that follows from A, B and their decisions. */
  function paint() {
    frame = 0;
    const one = a();
    const other = b();
    const known = pair?.a.trace === one.trace && pair.b.trace === other.trace ? pair.columns : undefined;
    pair = comparePair(one, other, known);
    const pending = !other.trace.answers && answerOf(other, pair.after) === null;
    setText(part('sentence'), pending ? 'B’s text is being regenerated …' : pairSentence(pair));
    describe();
    keep();
    list.paint(chosen);
    answers.paint(pair);
    grid.paint(pair);
    unread.paint(other);
    slider.value = String(other.view.theta);
    slider.disabled = !usesTheta(other.view);
    setText(part('theta-value'), other.view.theta.toFixed(3));
    markPolicy(part('policies'), other.view.policy);
    part('undo').hidden = !other.view.overrides.size;
    part('keep').hidden = other.kind === 'kept';
    pick(selected);
    setText(part('made'), [...new Set([one.trace.made, other.trace.made])].join(' '));
    root.dataset.shown = `${one.id} ${other.id}`;
    if (!awaited) remember();
  }

  function choose(side: SideName, id: string) {
    selection.choose(side, id);
    force.clear();
    refresh();
  }

  function remove(row: Row) {
    selection.remove(row);
    refresh();
  }

  /** A change of B: of a kept row it makes a new one, which then is edited until it is kept. */
  function edited(changes: Partial<FullView>, rewriting = true) {
    let row = b();
    if (row.kind !== 'draft') {
      row = selection.copyB('draft');
      list.build(selection.rows());
      built &&= builtFor(a(), row); // its tracks are those of the row it was made from
    }
    Object.assign(row.view, changes);
    frame ||= requestAnimationFrame(paint);
    if (rewriting && !row.trace.answers && answerOf(row, outcomeOf(row)) === null) edit.rewrite();
  }

  /** An intervention is always a row of its own, and A becomes what it was done to. */
  function intervened(overrides: Map<number, number>) {
    const before = b();
    selection.closeDraft();
    chosen.a = before.id;
    edited({ overrides });
    show();
  }

  function flip(i: number) {
    const t = pair!.columns[i].b;
    if (t < 0) return;
    const { trace, view } = b();
    const overrides = new Map(view.overrides);
    if (!overrides.delete(t)) overrides.set(t, otherFlow(trace, settled()!.after.weights, t));
    selected = i;
    edited({ overrides });
  }

  function pick(i: number) {
    selected = i;
    grid.select(i);
    const title = root.querySelector<HTMLElement>(`.cmp-grid [data-i="${i}"] .dr-tok`)?.title ?? '';
    const hint = 'Click a word for its numbers in both. Click a D or M of B to send it the other way.';
    setText(part('detail'), i < 0 ? hint : title);
    word.show(b().trace, tokenOfB());
  }

  function arrived(payload: TracePayload, origin: Origin) {
    selection.addAnswer(payload, origin);
    force.clear();
    refresh();
  }

  function pinned(pin: Pin) {
    selection.pin(pin);
    keep(0);
    if (root.offsetParent) refresh();
  }

  function showLinked(views: PairPayload['views']) {
    awaited = false;
    selection.addLinked(views);
    if (root.offsetParent) refresh();
  }

  slider.addEventListener('input', () => edited({ theta: Number(slider.value) }, false));
  slider.addEventListener('change', () => edited({ theta: Number(slider.value) }));
  part('undo').addEventListener('click', () => edited({ overrides: new Map() }));
  part('keep').addEventListener('click', () => {
    if (b().kind === 'draft') selection.closeDraft();
    else selection.copyB('kept');
    show();
  });

  /** What follows from the controls now: a change that waits for the next frame is painted first. */
  function settled(): Pair<Row> | null {
    if (frame) {
      cancelAnimationFrame(frame);
      paint();
    }
    return pair;
  }

  return {
    pair: settled,
    refresh,
    pinned,
    restore: (kept) => selection.restore(kept),
    awaitLinked(wanted) {
      awaited = true;
      linked.ask(wanted);
    },
    retracedArrived: () => edit.arrived(props.retraced),
    pairedArrived: () => linked.arrived(props.paired),
    routedArrived: () => heat.arrived(props.routed),
  };
}
