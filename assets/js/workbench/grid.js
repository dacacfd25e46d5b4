// Aligned tracks: a column per token, a row per method; a unit of several tokens spans their columns. Turned, where
// the page is narrow or names are long: a row per token. Every cell carries its place; the style sheet does the rest.
const WB_PAGE = 40, WB_NARROW = 640;

function trackGrid(root, side, { onToken = null } = {}) {
  const grid = root.querySelector(`.wb-grid.wb-${side}`), pages = root.querySelector(`.wb-pages-${side}`);
  const said = root.querySelector(`.wb-detail-${side}`);
  let shown = null, page = 0, buttons = [];
  const narrow = () => grid.parentNode.clientWidth > 0 && grid.parentNode.clientWidth <= WB_NARROW;
  const draw = () => {
    const { tokens, rows, listed } = shown, from = page * WB_PAGE, to = Math.min(tokens.length, from + WB_PAGE);
    grid.style.setProperty('--n', Math.max(1, to - from));
    grid.style.setProperty('--rows', Math.max(1, rows.length));
    grid.classList.toggle('turned', listed || narrow());
    grid.classList.toggle('listed', listed);
    grid.classList.toggle('upright', to - from > 18);
    buttons = tokens.slice(from, to).map((token, i) => tokenCell(token, from + i, i, onToken));
    const heads = [place(make('div', 'wb-head', listed ? 'item' : 'token'), 0, 0, 1), ...rows.map((row, r) => headCell(row, r + 1))];
    const cells = rows.flatMap((row, r) => row.units.filter((u) => u.to > from && u.from < to).map((u) => unitCell(row, r + 1, u, from, to)));
    grid.replaceChildren(...heads, ...buttons, ...cells);
    roving(grid, buttons.map((b) => [b]));
    [...pages.children].forEach((b, i) => b.setAttribute('aria-checked', i === page));
  };
  const turn = (to) => { page = to; draw(); };
  const at = (event) => { const node = event.target.closest('[data-t]'); return node && grid.contains(node) ? +node.dataset.t : -1; };
  const tell = (t) => setText(said, shown && t >= 0 ? `${quote(shown.tokens[t])}: ${shown.rows.map((row) => valueAt(row, t)).filter(Boolean).join(' · ') || 'no track has a number here'}` : said.dataset.hint);
  grid.addEventListener('pointerover', (event) => tell(at(event)));
  grid.addEventListener('pointerleave', () => tell(-1));
  grid.addEventListener('focusin', (event) => tell(at(event)));
  if (onToken) grid.addEventListener('click', (event) => { const b = event.target.closest('button.wb-tok'); if (b) onToken(+b.dataset.t); });
  new ResizeObserver(() => { if (shown && grid.classList.contains('turned') !== (shown.listed || narrow())) draw(); }).observe(grid.parentNode);
  return {
    show(tokens, rows, { listed = false, key = '' } = {}) {
      if (!shown || shown.key !== key) page = 0;
      const focused = buttons.indexOf(document.activeElement);
      shown = { tokens, rows, listed, key };
      const last = Math.ceil(tokens.length / WB_PAGE);
      pages.hidden = last < 2;
      pages.replaceChildren(...Array.from({ length: last }, (_, i) => pageChoice(i, tokens.length, turn)));
      roving(pages, [...pages.children].map((b) => [b]));
      page = Math.min(page, Math.max(0, last - 1));
      draw();
      tell(-1);
      if (focused >= 0 && buttons[focused]) focusOn(buttons[focused]);
    },
    detail: (text) => setText(said, text),
  };
}

// row: which track; [first, end): which tokens of those shown.
function place(node, row, first, end) {
  node.style.setProperty('--r', row + 1);
  node.style.setProperty('--a', first + 1);
  node.style.setProperty('--b', end + 1);
  return node;
}

function pageChoice(i, total, turn) {
  const b = button('wb-page', `${i * WB_PAGE + 1}–${Math.min(total, (i + 1) * WB_PAGE)}`);
  b.setAttribute('role', 'radio');
  b.setAttribute('aria-label', `Tokens ${b.textContent}`);
  b.addEventListener('click', () => turn(i));
  return b;
}

function headCell(row, r) {
  const node = place(make('div', `wb-head${row.stale ? ' is-stale' : ''}`), r, 0, 1);
  node.append(make('b', '', row.title), make('small', '', row.detail));
  if (row.stale) node.append(make('em', '', `stale: ${row.stale}`));
  node.title = [row.title, row.detail, row.stale && `stale: computed for ${row.stale}`, row.help].filter(Boolean).join('. ');
  return node;
}

function tokenCell(token, t, i, onToken) {
  const node = place(onToken ? button('wb-tok', token) : make('div', 'wb-tok', token), 0, i + 1, i + 2);
  node.dataset.t = t;
  node.title = token;
  if (onToken) node.setAttribute('aria-label', `${token}, token ${t + 1}. Explain its gate.`);
  else node.tabIndex = -1;
  return node;
}

function unitCell(row, r, unit, from, to) {
  const first = Math.max(unit.from, from) - from, end = Math.min(unit.to, to) - from;
  const node = place(make('div', `wb-cell ${row.kind}${row.stale ? ' is-stale' : ''}`), r, first + 1, end + 1);
  const share = row.top ? unit.value / row.top : 0;
  node.dataset.t = Math.max(unit.from, from);
  node.classList.toggle('neg', share < 0);
  node.style.setProperty('--v', Math.min(1, Math.abs(share)).toFixed(4));
  node.title = `${row.title}, ${row.detail}: ${numberWords(row, unit.value)}`;
  node.append(make('i'));
  return node;
}

// Three digits; of what is smaller than they can show two significant ones.
const fewDigits = (value) => (value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(1).replace('-', '−') : value.toFixed(3));
const numberWords = (row, value) => (row.kind === 'signed' ? (value < 0 ? '−' : '+') + fewDigits(Math.abs(value)) : fewDigits(value));

function valueAt(row, t) {
  const unit = row.units.find((u) => u.from <= t && t < u.to);
  return unit ? `${row.short} ${numberWords(row, unit.value)}` : '';
}
