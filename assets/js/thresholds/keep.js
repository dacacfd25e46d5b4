// Taking the tab along: one HTML file that lives without the page, tables, the figure.
const parquet = parquetWriter((request) => trigger('as_parquet', request));
const TAKEN = {
  html: async () => ['html', await savedFile()],
  csv: () => ['csv', csvOf(thetaTable(rows)), 'text/csv'],
  json: () => ['json', rowsJson(rows, thetaTable(rows)), 'application/json'],
  parquet: async () => ['parquet', await parquet.file(thetaTable(rows))],
  'changed-csv': () => ['changed.csv', csvOf(changedRows(rows, ...pairNow().map((theta) => statesAt(rows, theta)))), 'text/csv'],
  'curve-svg': async () => ['curve.svg', await curve.file('svg'), 'image/svg+xml'],
  'curve-png': async () => ['curve.png', await curve.file('png')],
};

function offerFiles() {
  for (const [name, take] of Object.entries(TAKEN)) {
    $(name).addEventListener('click', () => handOver($(name), async () => {
      const [end, content, type] = await take();
      download(`thresholds-${shownName()}.${end}`, content, type);
    }));
  }
}

const shownName = () => (isOwn() ? 'own-rows' : asked());
const isOwn = () => !!rows && rows === held.get(OWN);

// What the file holds: the rows as they came, what is chosen, and the input of Inspect if that is wanted.
async function savedFile() {
  const { parts, error } = await helper.file_parts('');
  if (error) throw new Error(error);
  const shown = rows || held.get(wanted), input = $('with-input').checked ? seenInput() : null;
  const payload = { ...shown.payload, atHand: false, texts: isOwn() ? shown.payload.texts : null };
  const data = { rows: payload, state: { ...stateNow(), rows: shown.name }, input, date: new Date().toISOString().slice(0, 10) };
  return fileOf(parts, data, root.dataset.plotly);
}

// The inspector's pin, unless its text was written: a file cannot write it anew.
function seenInput() {
  const inspector = document.querySelector('#inspector .dr'), pinned = inspector?.inspect?.().outcome && inspector.pin();
  return pinned && inspector.inspect().payload.answers ? pinned : null;
}

function keepWords() {
  $('with-input-label').hidden = !seenInput();
  setText($('keep-note'), isOwn()
    ? 'The file holds your rows with their texts, and opens as the tab stands now, without a server or a network.'
    : 'The file holds the rows’ answers without their texts, and opens as the tab stands now, without a server or a network.');
}

// In a saved file: the rows it holds, the view it was saved with, and on top what was settled then.
async function openSavedRows({ rows: payload, state, input, date }) {
  const shown = payload.kind === 'rows' ? decodeRows(payload) : payload, p = input && decode(input.payload);
  held.set(payload.name, shown);
  band.show(p && { payload: p, view: input.view });
  if (p) setText($('band-of'), p.checkpoint);
  if (!packedPlotly()) for (const name of ['curve', 'price', 'reliability', 'curve-files']) $(name).hidden = true;
  await showState(state);
  $('settled').hidden = false;
  setText($('settled-of'), `${payload.title} (${payload.name}, revision ${payload.revision}), ${date}. `);
  if (payload.kind !== 'rows') return setText($('settled-words'), payload.why);
  const states = statesAt(rows, theta()), at = { theta: theta(), ...measure(rows, states) };
  intervalsOf(rows, states, rows.reading, (found) => {
    setText($('settled-words'), settledWords(rows, at, found));
    root.dataset.settled = at.theta;
  });
}
