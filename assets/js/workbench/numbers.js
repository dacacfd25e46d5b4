// The table of methods and how far they agree.
const TABLE_COLUMNS = ['Method', 'Explains', 'Σ scores', 'Change', 'Delta', 'Passes', 'Seconds', 'Converged', 'Agrees with exact'];
const TABLE_HELP = {
  'Σ scores': 'all scores added up; the exact ones leave out the bias, which belongs to no token', Change: 'the target on this input minus the target on the baseline',
  Delta: 'Σ scores − change; methods that promise completeness come close to 0', Passes: 'rows through the model, forward + backward, shared by targets computed together',
  'Agrees with exact': 'Spearman’s rank correlation with the exact contributions',
};
const maybe = (value, words) => (value == null || Number.isNaN(value) ? '–' : words(value));

function tableRow(p, track, config) {
  const method = config.methods.find(({ name }) => name === track.method);
  const off = track.delta == null ? null : Math.abs(track.delta / (track.change || 1e-12));
  return [
    track.title + (track.stored ? ' (from Inspect)' : ''), targetWords(p, track.target, track.label), signed(track.sum, 3),
    maybe(track.change, (v) => signed(v, 3)), maybe(track.delta, (v) => `${signed(v, 4)} (${(100 * off).toFixed(1)} %)`),
    track.passes ? track.passes.map((n) => Math.round(n).toLocaleString('en')).join(' + ') : maybe(track.steps, (n) => `${n} steps`),
    maybe(track.seconds, (v) => v.toFixed(2)), method && method.complete ? (track.converged ? 'yes' : 'no: read with care') : '–',
    maybe(track.agreement, (v) => signed(v)),
  ];
}

function methodTable(box, p, tracks, errors, config) {
  const table = make('table'), head = make('tr'), body = make('tbody');
  head.append(...TABLE_COLUMNS.map((name) => {
    const th = make('th', '', name);
    th.scope = 'col';
    if (TABLE_HELP[name]) th.title = TABLE_HELP[name];
    return th;
  }));
  const row = (cells, stale, trust) => {
    const tr = make('tr', stale ? 'is-stale' : ''), th = make('th', '', cells[0]);
    th.scope = 'row';
    if (stale) th.append(make('em', '', `stale: ${stale}`));
    if (trust) th.append(make('small', '', trust));
    tr.append(th, ...cells.slice(1).map((cell) => make('td', '', cell)));
    return tr;
  };
  body.append(...tracks.map((track, i) => row(tableRow(p, track, config), track.stale, tracks.findIndex((t) => t.method === track.method) === i ? track.help : '')));
  for (const [name, message] of Object.entries(errors)) {
    const tr = make('tr', 'wb-failed'), th = make('th', '', (config.methods.find((m) => m.name === name) || { title: name }).title);
    const td = make('td', '', `Not computed: ${message.replace(/\.$/, '')}.`);
    th.scope = 'row';
    td.colSpan = TABLE_COLUMNS.length - 1;
    tr.append(th, td);
    body.append(tr);
  }
  table.append(make('thead'), body);
  table.tHead.append(head);
  box.replaceChildren(table);
}

// Small grids of rank correlations, one for each target.
function agreementGrids(box, p, agreements, labels, config) {
  const title = (name) => (config.methods.find((m) => m.name === name) || { title: name }).title;
  box.replaceChildren(...agreements.filter((a) => a.methods.length > 1).map(({ target, methods, rows, bySize }) => {
    const part = make('div', 'wb-matrix'), scroll = make('div', 'wb-scroll'), table = make('table'), head = make('tr'), body = make('tbody');
    scroll.tabIndex = 0;
    scroll.setAttribute('role', 'region');
    scroll.setAttribute('aria-label', `Rank correlations for ${targetWords(p, target, labels[target])}`);
    head.append(make('td'), ...methods.map((name) => scoped(title(name), 'col')));
    body.append(...rows.map((cells, i) => {
      const tr = make('tr');
      tr.append(scoped(title(methods[i]), 'row'), ...cells.map((value, j) => {
        const td = make('td', value < 0 ? 'neg' : '', maybe(value, (v) => signed(v) + (bySize[i][j] ? '*' : '')));
        td.style.setProperty('--v', Math.abs(value ?? 0).toFixed(3));
        return td;
      }));
      return tr;
    }));
    table.append(make('thead'), body);
    table.tHead.append(head);
    scroll.append(table);
    part.append(make('h4', '', `Do the methods agree about ${targetWords(p, target, labels[target])}?`),
      make('p', 'wb-hint', `Spearman’s rank correlation over all parts of both texts: +1, the same order; 0, unrelated; −1, reversed.${bySize.flat().some(Boolean) ? ' *: of sizes alone, since one of the two has no sign.' : ''}`), scroll);
    return part;
  }));
}

function scoped(text, scope) {
  const th = make('th', '', text);
  th.scope = scope;
  return th;
}
