// What of the address could not be used, in one place, and what it says of the tabs beside Inspect, handed to each.
// The value: {notes, asked, rows, pair}, see dualroute/app/url_state/address.py. `element`, `props` and `watch` come from the framework.
const root = element.querySelector('.nt'), list = root.querySelector('.nt-list');
const known = new Set();

function note(notes) {
  const fresh = (notes || []).filter((words) => !known.has(words));
  fresh.forEach((words) => known.add(words));
  list.append(...fresh.map((words) => make('li', '', words.replace(/^[a-z]/, (letter) => letter.toUpperCase()) + '.')));
  if (fresh.length) root.hidden = false;
}

function opened() {
  const { notes, asked, rows, pair } = props.value || {};
  note(notes);
  for (const [channel, part] of Object.entries({ 'link-asked': asked, 'link-rows': rows, 'link-pair': pair })) if (part) tell(channel, part);
}

root.querySelector('.nt-close').addEventListener('click', () => {
  root.hidden = true;
  list.replaceChildren();
});
listen('link-unused', ({ notes }) => note(notes));
watch('value', opened);
opened();
