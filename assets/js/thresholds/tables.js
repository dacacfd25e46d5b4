// Tables of text and nodes. Text enters through textContent.
function tableOf(head, rows, label) {
  const scroll = make('div', 'th-scroll'), table = make('table'), line = make('tr'), body = make('tbody');
  scroll.tabIndex = 0; // so that the keyboard can scroll it
  scroll.setAttribute('role', 'region');
  scroll.setAttribute('aria-label', label);
  line.append(...head.map((title) => scoped(title, 'col')));
  body.append(...rows.map(({ cells, strong }) => {
    const row = make('tr', strong ? 'strong' : '');
    row.append(scoped(cells[0], 'row'), ...cells.slice(1).map((cell) => filled(make('td'), cell)));
    return row;
  }));
  table.append(make('thead'), body);
  table.tHead.append(line);
  scroll.append(table);
  return scroll;
}

function scoped(content, scope) {
  const node = filled(make('th'), content);
  node.scope = scope;
  return node;
}

function filled(node, content) {
  if (content instanceof Node) node.append(content);
  else node.textContent = content;
  return node;
}

// `89.3 %`, or `73.6` where a percentage would be wrong.
const qualityText = (rows, value) => (value === value ? `${(100 * value).toFixed(1)}${rows.percent ? ' %' : ''}` : '–');
const shareText = (share) => `${share > 0 && share < 0.0005 ? '<0.1' : share < 1 && share > 0.9995 ? '>99.9' : (100 * share).toFixed(1)} %`;
const TINY = 0.0005; // what is smaller is written as 0.0 and has no sign
const pointsOf = (value) => Math.abs(100 * value).toFixed(1);
const pointsText = (difference) => (difference !== difference ? '–' : Math.abs(difference) < TINY ? '0.0' : signed(100 * difference, 1));
const boundsText = ([low, high]) => `[${boundText(low)}, ${boundText(high)}]`;
const boundText = (value) => (Math.abs(value) < TINY ? '0.0' : (100 * value).toFixed(1).replace('-', '−'));
const count = (n) => n.toLocaleString('en');

// Parts of the rows: by class, by length, by group.
function facetTable(rows, facet, states, reading, closed) {
  const chosen = facet.names.map(() => []);
  facet.codes.forEach((code, r) => chosen[code].push(r));
  const head = [facet.title, 'rows', 'direct alone', 'all read (θ = 0)', 'at this θ', 'lost or won', 'tokens merged'];
  const lines = facet.names.map((name, i) => {
    if (!chosen[i].length) return null;
    const [at, all, none] = [states, reading, closed].map((s) => measure(rows, s, chosen[i]));
    const sure = partIntervals(rows, states, reading, chosen[i]), told = (bounds) => (bounds ? ` ${boundsText(bounds)}` : '');
    return { cells: [name, count(at.n), qualityText(rows, none.quality), qualityText(rows, all.quality),
      qualityText(rows, at.quality) + told(sure.quality), pointsText(at.quality - all.quality) + told(at.quality === all.quality && at.share === all.share ? null : sure.difference),
      shareText(at.share)] };
  });
  return tableOf(head, lines.filter(Boolean), `Quality by ${facet.title}`);
}
