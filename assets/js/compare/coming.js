// Rows from elsewhere: the model's answers, pins, and the views of a link. Variables are compare.js's.

// The model's answer: a new row beside the one it was made from, or the draft's own text for its own route.
function arrived(payload, { parent, then, id }) {
  const p = decode(payload), draft = then === 'draft' && store.kept.find((row) => row.id === id);
  if (draft) Object.assign(draft, { p, payload, view: viewOf(p) });
  else Object.assign(chosen, { a: rows().some((row) => row.id === id) ? id : chosen.a, b: store.add({ p, payload, view: carried(parent, p), parent }).id });
  byHand = true;
  force.clear();
  refresh();
}

function pinned({ payload, view, lineage: told }) {
  const before = store.kept[0], row = store.add({ p: decode(payload), payload, view: viewFrom(view), parent: told || null });
  if (before) {
    if (['inspect', 'twin'].includes(chosen.a)) chosen.a = before.id;
    chosen.b = row.id;
  } else Object.assign(chosen, { a: row.id, b: 'inspect' });
  if (root.offsetParent) refresh();
}

// The views of a link, as if they had been pinned.
function shownFromLink(views) {
  awaited = false;
  const before = {}; // one record where both are decisions on the same input
  for (const { side, payload, view } of views) {
    const p = before.p?.key === payload.key && before.p.answers ? before.p : decode(payload);
    chosen[side] = store.add({ p: (before.p = p), payload, view: viewFrom(view), linked: true }).id;
    byHand = true;
  }
  if (root.offsetParent) refresh();
}
