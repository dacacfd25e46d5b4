// The tab's numbers as tables {columns, rows}, to be taken along.
const TABLE_STEPS = 100; // θs between 0 and 1; between two of them a curve of many rows hardly moves

// One row per θ, without intervals: those are of one θ at a time.
function thetaTable(rows) {
  const columns = ['theta', 'share_merged', rows.metric, `${rows.metric}_minus_all_reading`, 'rows_that_read', ...(rows.operations ? ['operations_of_all_reading'] : []), 'calibration_error'];
  return { columns, rows: Array.from({ length: TABLE_STEPS + 1 }, (_, i) => {
    const theta = i / TABLE_STEPS, states = statesAt(rows, theta), at = measure(rows, states);
    return [theta, at.share, at.quality, at.quality - rows.all.quality, at.reading,
      ...(rows.operations ? [at.compute] : []), calibrationOf(rows, states).error];
  }) };
}

// One row per row whose answer changes; texts only where they are on the page already.
function changedRows(rows, before, after) {
  const kinds = changesOf(rows, before, after), list = ['worse', 'better', 'other'].flatMap((kind) => kinds[kind].map((r) => [kind, r]));
  const texts = list.some(([, r]) => rows.texts[rows.ids[r]]), graded = !!rows.scores;
  const state = (r, s) => [answerName(rows, s), confidenceIn(rows, s), ...(graded ? [scoreOf(rows, r, s)] : []), readIn(rows, r, s)];
  const named = (place) => [`answer_${place}`, `confidence_${place}`, ...(graded ? [`${rows.metric}_${place}`] : []), `tokens_merged_${place}`];
  return {
    columns: ['row', 'change', 'tokens', ...(rows.spans ? [] : ['label']), ...named(1), ...named(2), ...(texts ? ['x'] : [])],
    rows: list.map(([kind, r]) => [rows.ids[r], kind, rows.lengths[r], ...(rows.spans ? [] : [rows.labels[rows.right[r]]]),
      ...state(r, before[r]), ...state(r, after[r]), ...(texts ? [rows.texts[rows.ids[r]]?.x ?? null] : [])]),
  };
}

// As pandas reads it: one object per row, with what made the numbers beside it.
function rowsJson(rows, { columns, rows: lines }) {
  const records = lines.map((line) => Object.fromEntries(line.map((value, i) => [columns[i], value])));
  const { name, revision, metric, N, note, theta } = rows;
  return JSON.stringify({ checkpoint: name, revision, metric, n: N, default_threshold: theta, note, rows: records }, null, 1);
}
