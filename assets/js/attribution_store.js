// The attributions that have come to this page, Inspect's own and the workbench's, for views that are saved later.
const MOST_ATTRIBUTIONS = 60;
function attributionStore() {
  let kept = []; // the newest last
  return {
    keep(found, own = false) {
      if (!found || found.error) return;
      const name = nameOf(found, own);
      kept = [...kept.filter((entry) => nameOf(entry.found, entry.own) !== name), { found, own }].slice(-MOST_ATTRIBUTIONS);
    },
    // Of a pinned view: those of its route and answer, of Inspect before others; else of the same input, which the file
    // then calls stale. Null where there is none.
    of({ payload, view }) {
      const same = kept.filter(({ found }) => found.request.key === payload.key);
      if (!same.length) return null;
      const p = decode(payload), now = { ...view, overrides: new Map(view.overrides), ignored: new Set(view.ignored || []) };
      const outcome = replay(p, now), route = outcome.weights.join();
      const fits = ({ found, own }) => [routeAsked(p, found) === route, found.request.label === p.asked(outcome.best), own];
      const rank = (entry) => fits(entry).reduce((sum, yes) => 2 * sum + (yes ? 1 : 0), 0);
      return same.reduce((best, entry) => (rank(entry) >= rank(best) ? entry : best)).found;
    },
  };
}

const nameOf = ({ request, prediction }, own) => {
  const { key, policy, threshold, overrides, label } = request;
  return JSON.stringify([key, policy, threshold, overrides, label, prediction.methodTitle, own]);
};

const routeAsked = (p, shown) => routeOf(p, { ...shown.request, theta: shown.request.threshold, overrides: overridesOf(p, shown) }).weights.join();
