// What is chosen on the tab, as plain values: a link carries them, a saved file opens with them.
//   rows           the checkpoint whose rows are shown; '' for a visitor's own
//   theta          the slider;  one, other: the two θs compared;  facet: the title of the parts
//   share, quality the budget and the wanted quality, in percent as they stand in their fields
const FIELDS = { one: 1, other: 1, share: 100, quality: 100 }; // the largest that each takes

function stateNow() {
  const fields = Object.fromEntries(Object.keys(FIELDS).map((name) => [name, +$(name).value || 0]));
  return {
    rows: rows && rows === held.get(OWN) ? '' : (rows && rows.name) || wanted,
    theta: theta(), ...fields, facet: rows ? rows.facets[facet].title : '',
  };
}

// Only what the state names, and what fits, changes. Settles when the rows it names are shown.
async function showState(state) {
  if (state.rows && titles[state.rows]) {
    named = !root.getClientRects().length || !rows; // not yet opened: then the tab must not follow Inspect
    $('names').value = state.rows;
    await load(state.rows);
    if (wanted !== state.rows) return; // another choice was made meanwhile
  }
  for (const [name, most] of Object.entries(FIELDS)) if (isUpTo(most, state[name])) $(name).value = state[name];
  if (isUpTo(1, state.other)) $('follow').checked = state.other === state.theta;
  if (!rows) return;
  const place = rows.facets.findIndex(({ title }) => title === state.facet);
  if (place >= 0) facet = place;
  choose();
  setTheta(isUpTo(1, state.theta) ? state.theta : theta());
}

const isUpTo = (most, value) => typeof value === 'number' && value >= 0 && value <= most;
