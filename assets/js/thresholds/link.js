// What is chosen on the tab as parts of an address, and back; dualroute/app/url_state/settings.py reads and checks them. The
// parts of the rows alone are checked here, where the rows are.
function rowsParts() {
  const now = stateNow();
  return {
    rows: now.rows, at: String(now.theta), theta1: String(now.one), theta2: $('follow').checked ? '' : String(now.other),
    facet: now.facet, budget: String(now.share), quality: String(now.quality),
  };
}

// The link to what is on the tab, with Inspect's view, whose θs it shows as well.
function rowsLink() {
  const found = document.querySelector('#inspector .dr')?.viewLink?.() || { state: {}, cuts: [], left: [] }, parts = rowsParts();
  return linkOf({ tab: 'thresholds', ...found.state, ...parts }, found.cuts, [...found.left, ...(parts.rows ? [] : ['your own rows'])]);
}

// asked: as stateNow() says it, null for what the address leaves out; `other` is then the slider's.
async function showLinked(asked) {
  const seen = document.querySelector('#inspector .dr')?.inspect?.().payload?.checkpoint;
  const state = { ...asked, rows: asked.rows || (titles[seen] ? seen : $('names').value) };
  await showState({ ...state, other: asked.other ?? asked.theta });
  if (asked.facet && stateNow().facet !== asked.facet)
    tell('link-unused', { notes: [`the parts “${clip(asked.facet, 60)}” were not used: these rows have no such parts`] });
}
