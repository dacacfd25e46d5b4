// Which rows are shown: a checkpoint's, asked for once, or a visitor's own. Variables are thresholds.js's.

const coming = new Map(); // asked for and not here yet: who asks again waits for the same answer

const askRows = async (name) => (helper ? helper.load_rows(name) : { error: 'There is no server.' });

async function load(name) {
  wanted = name;
  if (held.has(name)) return showRows(held.get(name));
  setText($('state'), 'Loading the rows…');
  if (!coming.has(name)) coming.set(name, askRows(name).finally(() => coming.delete(name)));
  const found = await coming.get(name);
  if (found.error) return name === wanted && setText($('state'), found.error);
  if (!held.has(name)) held.set(name, found.kind === 'rows' ? decodeRows(found) : { ...found, payload: found });
  if (name === wanted) showRows(held.get(name));
}

function showRows(next) {
  const fresh = rows !== next;
  rows = next;
  root.dataset.kind = next.kind;
  setText($('state'), '');
  setText($('note'), next.note);
  own.for(asked(), titles);
  keepWords();
  if (next.kind !== 'rows') return showCurve(next);
  rows.texts ||= {};
  rows.reading ||= statesAt(rows, 0);
  rows.closed ||= statesAt(rows, 1);
  rows.all ||= measure(rows, rows.reading);
  setText($('word'), rows.percent ? '% right' : rows.word);
  setText($('texts-note'), textsNote(next));
  if (fresh) {
    $('quality').value = (100 * rows.all.quality - 0.5).toFixed(1);
    slider.value = rows.theta;
    choose();
  }
  root.dataset.ready = rows.name;
  paint();
}

// A checkpoint without rows: its stored curve, and why there is no more.
function showCurve(next) {
  giveUp();
  stopTelling();
  rows = null;
  wanted = next.name;
  setText($('answer'), `${next.title}: ${next.why}`);
  curve.show(next.figure, `Quality by share of tokens merged, ${next.title}.`);
  root.dataset.ready = next.name;
}

const textsNote = ({ texts, atHand }) => (props.saved ? '' : Object.keys(texts).length && !atHand ? '' : atHand
  ? 'The texts are read from the data folder this server was started with.'
  : 'Data sets are not passed on with this page, so their texts are not shown. Whoever has them starts it with “serve --data FOLDER”: then rows open in Inspect.');

async function fetchTexts(ids) {
  const of = rows, found = await helper.texts_of({ name: of.name, ids });
  ids.forEach((id) => { of.texts[id] ||= found[id] || { x: '(not in the data folder)', missing: true }; });
  if (of === rows) changes.again();
}

async function openRow(id) {
  const of = rows, found = of.atHand ? await helper.row_of({ name: of.name, id }) : of.texts[id];
  if (found.error) return setText($('state'), found.error);
  tell('open', { checkpoint: of.checkpoint || of.name, x: found.x, h: found.h, image: found.image || '', policy: 'threshold', threshold: theta() });
}

function showOwn(payload) {
  const mine = decodeRows(payload);
  mine.checkpoint = payload.name;
  held.set(OWN, mine);
  if (![...$('names').options].some((option) => option.value === OWN)) $('names').append(new Option('Your own rows', OWN));
  $('names').value = OWN;
  showRows(mine);
}

// The rows follow Inspect's checkpoint when the tab is opened, until a visitor chooses others.
function opened() {
  const inspector = document.querySelector('#inspector .dr');
  const seen = inspector && inspector.inspect && inspector.inspect().outcome ? inspector.inspect() : null;
  band.show(seen);
  keepWords();
  if (seen) setText($('band-of'), titles[seen.payload.checkpoint] || seen.payload.checkpoint);
  if (seen && seen.payload.checkpoint !== followed) {
    followed = seen.payload.checkpoint;
    if (titles[followed] && !named) { $('names').value = followed; load(followed); }
  }
  named = false;
  if (!rows && !wanted) load($('names').value);
  band.theta(theta());
}
