/**
 * Rows: views that can be A or B. `kept` ones never change, `draft` is the one being edited, `inspect` follows Inspect,
 * and `twin` is the same input by another decision.
 */
import type { TracePayload } from '../contracts';
import { count } from '../core/format';
import { type FullView, type Side, answerOf, comparePair } from '../core/pair';
import { pairChanges } from '../core/pair_sentence';
import { usesTheta } from '../core/policies';
import { type View, idleFlips, replay, routeKey, tracedView } from '../core/replay';
import { ruleWords } from '../core/sentence';
import { decode } from '../core/trace';
import { pinOnScreen } from '../page/inspected';

export interface Row extends Side {
  id: string;
  name: string;
  kind: 'kept' | 'draft' | 'inspect' | 'twin';
  payload: TracePayload;
  /** What it was made from, as that was then. */
  parent: Snapshot | null;
  /** Where it came from, in words, where it has no parent. */
  made?: string;
}

export interface Snapshot extends Side {
  name: string;
}

/** A row before it has a place in the store. */
export type NewRow = Omit<Row, 'id' | 'name' | 'kind' | 'parent'> & Partial<Pick<Row, 'name' | 'kind' | 'parent'>>;

export interface RowStore {
  /** The newest first. */
  kept: Row[];
  add(row: NewRow): Row;
  remove(id: string): void;
  /** A draft is a view like the others as soon as another one takes its place. */
  closeDraft(): void;
}

export function rowStore(): RowStore {
  const kept: Row[] = [];
  let next = 1;
  const store: RowStore = {
    kept,
    add(row) {
      store.closeDraft();
      const number = Math.max(next, Number(row.name?.slice(1) ?? 0));
      const added: Row = { kind: 'kept', parent: null, ...row, id: String(number), name: `#${number}` };
      next = number + 1;
      kept.unshift(added);
      return added;
    },
    remove(id) {
      kept.splice(
        kept.findIndex((row) => row.id === id),
        1,
      );
    },
    closeDraft() {
      for (const row of kept) if (row.kind === 'draft') row.kind = 'kept';
    },
  };
  return store;
}

/** A view as a pin or another row has it, as an object of its own. */
export const copyView = ({
  policy,
  theta,
  overrides,
  ignored,
}: Pick<View, 'policy' | 'theta'> & {
  overrides: Iterable<[number, number]>;
  ignored?: Iterable<number>;
}): FullView => ({ policy, theta, overrides: new Map(overrides), ignored: new Set(ignored ?? []) });

export const sameView = (v: FullView, w: FullView): boolean =>
  v.policy === w.policy &&
  (v.theta === w.theta || !usesTheta(v)) &&
  [...v.overrides].sort().join(';') === [...w.overrides].sort().join(';') &&
  [...v.ignored].sort().join() === [...w.ignored].sort().join();

export const snapshot = ({ name, trace, view }: Row): Snapshot => ({ name, trace, view: copyView(view) });

export function lineage(row: Row): string {
  if (row.kind === 'inspect') return 'on screen in Inspect';
  if (!row.parent) return row.made ?? 'pinned in Inspect';
  const changes = pairChanges(comparePair<Side>(row.parent, row));
  return `from ${row.parent.name}: ${changes.join(', ') || 'no change yet'}`;
}

/** A decision in a few words. */
export function viewWords({ trace, view }: Side): string {
  return [
    ruleWords(trace, view),
    ...(view.overrides.size ? [flipWords(trace, view)] : []),
    ...(view.ignored.size ? [`${view.ignored.size} unread`] : []),
  ].join(', ');
}

/** Flips, and how many of them change nothing: the decision sends these tokens there anyway. */
function flipWords(trace: Side['trace'], view: FullView): string {
  const idle = idleFlips(trace, view).length;
  const words = count(view.overrides.size, 'flip');
  if (!idle) return words;
  return idle === view.overrides.size ? `${words} without effect` : `${words}, ${idle} of them without effect`;
}

/** The view in Inspect as a row; the record is decoded again only for another input. */
export function inspectRow(before: Row | null): Row | null {
  const pin = pinOnScreen();
  if (!pin) return before;
  const { payload } = pin;
  const same =
    before?.trace.key === payload.key && (before.payload.written?.text ?? null) === (payload.written?.text ?? null);
  const trace = same ? before.trace : decode(payload);
  return { id: 'inspect', name: 'Inspect', kind: 'inspect', parent: null, payload, trace, view: copyView(pin.view) };
}

const TWIN_NAMES: Record<string, string> = { direct: 'without context', merged: 'full context' };

/**
 * Something to compare with before anything is pinned: the usual decision where another one is on screen, else the flow
 * that changes the answer, or nothing read at all.
 */
export function twinOf(row: Row): Row {
  const { trace, view } = row;
  const usual = tracedView(trace);
  const flow = (policy: string): FullView => ({ ...usual, policy, overrides: new Map() });
  const answer = (other: FullView) => answerOf({ trace, view: other }, replay(trace, other));
  const route = routeKey(trace, view);
  const views = [...(sameView(usual, view) ? [] : [usual]), flow('direct'), flow('merged')].filter(
    (other) => answer(other) !== null && routeKey(trace, other) !== route,
  );
  const chosen = views.find((other) => answer(other) !== answer(view)) ?? views[0] ?? usual;
  const name = TWIN_NAMES[chosen.policy] ?? 'as usual';
  return { ...row, id: 'twin', kind: 'twin', name, parent: snapshot(row), view: copyView(chosen) };
}

/** What the tab says of its rows. pinned: whether there are any but Inspect's; lost: those that a reload would lose. */
export function stateWords(pinned: boolean, twin: Row | null, awaited: boolean, lost: string[]): string {
  if (awaited) return 'The link’s views are on their way …';
  if (pinned) {
    const large = lost.length ? ` Too large to outlive a reload of the page: ${lost.join(', ')}.` : '';
    return `Choose A and B among the views. A change of B becomes a new row; no row is ever overwritten.${large}`;
  }
  const names: Record<string, string> = { direct: 'without context', merged: 'with full context' };
  const decision = (twin && names[twin.view.policy]) ?? 'under its usual rule';
  return (
    `Nothing is pinned yet. A is the view in Inspect, B the same input ${decision}. ` +
    'Pin views in Inspect, or change B here.'
  );
}
