/** Which rows there are, and which of them are A and B. */
import type { PairPayload, TracePayload } from '../contracts';
import { carriedView } from '../core/edits';
import { tracedView } from '../core/replay';
import { decode } from '../core/trace';
import type { Pin } from '../page/channels';
import type { KeptViews } from '../page/kept_views';
import type { Origin } from './edit';
import type { ChosenRows, SideName } from './row_list';
import { type Row, copyView, inspectRow, lineage, rowStore, sameView, snapshot, twinOf } from './rows';

export interface Selection {
  chosen: ChosenRows;
  rows(): Row[];
  find(side: SideName): Row | undefined;
  /** The same input as on screen in Inspect by another decision; null while nothing is there. */
  twin(): Row | null;
  /** Whether there are rows besides those that follow Inspect. */
  hasKept(): boolean;
  /** Take over what Inspect shows, and drop choices of rows that are gone. Returns whether there are an A and a B. */
  follow(): boolean;
  choose(side: SideName, id: string): void;
  remove(row: Row): void;
  closeDraft(): void;
  /** A copy of B as a row of its own, which is B from now on. */
  copyB(kind: Row['kind']): Row;
  pin(pin: Pin): void;
  /** The views as a reload leaves them, and back. Returns whether A and B are what they were. */
  toKeep(): KeptViews;
  restore(kept: KeptViews): boolean;
  /** The views of a link, as if they had been pinned: one record where both are decisions on the same input. */
  addLinked(views: PairPayload['views']): void;
  /** The model's answer: a new row beside the one it was made from, or the draft's own text for its own route. */
  addAnswer(payload: TracePayload, origin: Origin): void;
}

export function rowSelection(): Selection {
  const store = rowStore();
  const chosen: ChosenRows = { a: 'inspect', b: 'twin' };
  let live: Row | null = null; // follows Inspect
  let twin: Row | null = null;
  let byHand = false; // a visitor has chosen: then B may be a copy of A

  const selection: Selection = {
    chosen,
    rows() {
      const twins = twin && (chosen.a === 'twin' || chosen.b === 'twin') ? [twin] : [];
      return [...store.kept, ...(live ? [live] : []), ...twins];
    },
    find: (side) => selection.rows().find(({ id }) => id === chosen[side]),
    twin: () => twin,
    hasKept: () => store.kept.length > 0,
    follow() {
      live = inspectRow(live);
      const base = live ?? store.kept.at(-1) ?? null; // a saved page has no Inspect
      twin = base && twinOf(base);
      if (!selection.find('a') && base) chosen.a = base.id;
      if (!selection.find('b')) chosen.b = 'twin';
      const a = selection.find('a');
      const b = selection.find('b');
      if (!a || !b) return false;
      const copy = a !== b && a.trace.key === b.trace.key && sameView(a.view, b.view);
      if (!byHand && copy) chosen.b = 'twin';
      return true;
    },
    choose(side, id) {
      byHand = true;
      if (chosen[side] !== id) store.closeDraft();
      chosen[side] = id;
    },
    remove(row) {
      store.remove(row.id);
      if (chosen.a === row.id) chosen.a = 'inspect';
      if (chosen.b === row.id) chosen.b = 'twin';
    },
    closeDraft: () => store.closeDraft(),
    copyB(kind) {
      const before = selection.find('b')!;
      const row = store.add({ ...before, kind, parent: snapshot(before), view: copyView(before.view) });
      chosen.b = row.id;
      if (kind === 'draft') byHand = true;
      return row;
    },
    pin({ payload, view }) {
      const before = store.kept.at(0);
      const row = store.add({ trace: decode(payload), payload, view: copyView(view) });
      if (!before) return void Object.assign(chosen, { a: row.id, b: 'inspect' });
      if (chosen.a === 'inspect' || chosen.a === 'twin') chosen.a = before.id;
      chosen.b = row.id;
    },
    toKeep: () => ({
      views: store.kept.toReversed().map((row) => {
        const { payload, view, name, kind } = row;
        const kept = {
          policy: view.policy,
          theta: view.theta,
          overrides: [...view.overrides],
          ignored: [...view.ignored],
        };
        return { payload, view: kept, name, draft: kind === 'draft', made: lineage(row) };
      }),
      chosen: byHand || store.kept.length ? { ...chosen } : null,
    }),
    restore({ views, chosen: before }) {
      for (const { payload, view, name, draft, made } of views.filter(({ name }) => name)) {
        const row = { trace: decode(payload), payload, view: copyView(view), name, made };
        store.add({ ...row, kind: draft ? 'draft' : 'kept' });
      }
      const ids = ['inspect', 'twin', ...store.kept.map(({ id }) => id)];
      const same = !!before && ids.includes(before.a) && ids.includes(before.b);
      if (same) Object.assign(chosen, before);
      byHand = same;
      for (const pin of views.filter(({ name }) => !name)) selection.pin(pin);
      return same;
    },
    addLinked(views) {
      let last: Row | null = null;
      for (const { side, payload, view } of views) {
        const same: boolean = !!last?.trace.answers && last.trace.key === payload.key;
        const trace = same ? last!.trace : decode(payload);
        last = store.add({ trace, payload, view: copyView(view), made: 'from the link' });
        chosen[side] = last.id;
        byHand = true;
      }
    },
    addAnswer(payload, { parent, then, id }) {
      const trace = decode(payload);
      const draft = then === 'draft' ? store.kept.find((row) => row.id === id) : undefined;
      if (draft) Object.assign(draft, { trace, payload, view: tracedView(trace) });
      else {
        if (selection.rows().some((row) => row.id === id)) chosen.a = id;
        chosen.b = store.add({ trace, payload, view: carriedView(parent, trace), parent }).id;
      }
      byHand = true;
    },
  };
  return selection;
}
