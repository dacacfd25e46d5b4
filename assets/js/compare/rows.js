// Rows: views that can be A or B. A row is {id, p, payload, view, kind, parent}; `kept` ones never change, `draft` is the
// one being edited, `inspect` follows Inspect, and `twin` is the same input by another decision.
const viewFrom = ({ policy, theta, overrides, ignored }) =>
  ({ policy, theta, overrides: new Map(overrides), ignored: new Set(ignored || []) });
const sameView = (v, w) => v.policy === w.policy && (v.theta === w.theta || !usesTheta(v)) &&
  [...v.overrides].sort().join(';') === [...w.overrides].sort().join(';') && [...v.ignored].sort().join() === [...w.ignored].sort().join();

const viewKey = ({ policy, theta, overrides, ignored }) => [policy, theta, [...overrides].join(';'), [...ignored].join()].join(' ');

function rowStore() {
  const kept = [];
  let next = 1;
  return {
    kept, // the newest first
    add(row) {
      kept.filter(({ kind }) => kind === 'draft').forEach((other) => (other.kind = 'kept'));
      const added = { kind: 'kept', parent: null, ...row, id: String(next), name: `#${next}` };
      next += 1;
      kept.unshift(added);
      return added;
    },
    remove: (id) => kept.splice(kept.findIndex((row) => row.id === id), 1),
  };
}

// What a row was made from, as it was then.
const snapshot = ({ name, p, view }) => ({ name, p, view: viewFrom(view) });

function lineage(row) {
  if (row.kind === 'inspect') return 'on screen in Inspect';
  if (!row.parent) return row.linked ? 'from the link' : 'pinned in Inspect';
  const changed = pairChanges(comparePair(row.parent, row));
  return `from ${row.parent.name}: ${changed.join(', ') || 'no change yet'}`;
}

// The view in Inspect as a row; the record is decoded again only for another input.
function inspectRow(before) {
  const inspector = document.querySelector('#inspector .dr');
  const pinned = inspector && inspector.inspect?.().payload && inspector.pin();
  if (!pinned) return before;
  const written = pinned.payload.written && pinned.payload.written.text;
  const same = before && before.p.key === pinned.payload.key && (before.payload.written?.text ?? null) === (written ?? null);
  return { id: 'inspect', name: 'Inspect', kind: 'inspect', parent: null, payload: pinned.payload,
    p: same ? before.p : decode(pinned.payload), view: viewFrom(pinned.view) };
}

// Something to compare with before anything is pinned: the usual decision where another one is on screen, else the flow
// that changes the answer, or nothing read at all.
function twinOf(row) {
  const usual = viewOf(row.p), flow = (policy) => ({ ...usual, policy, overrides: new Map() });
  const answer = (view) => answerOf({ p: row.p, view }, replay(row.p, view));
  const views = [...(sameView(usual, row.view) ? [] : [usual]), flow('direct'), flow('merged')]
    .filter((view) => answer(view) != null && routeOf(row.p, view).weights.join() !== routeOf(row.p, row.view).weights.join());
  const told = views.find((view) => answer(view) !== answer(row.view)) || views[0] || usual;
  const names = { direct: 'nothing read', merged: 'all read' };
  return { ...row, id: 'twin', kind: 'twin', name: names[told.policy] || 'as usual', parent: snapshot(row), view: viewFrom(told) };
}
