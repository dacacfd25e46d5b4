// Aligned tracks: one column per token, one row per quantity. The same DOM turns to one row per token on a phone.
// Long inputs are turned like pages; the text above them shows all tokens at once.
const PAGE = 40, LONGEST_UNTURNED = 44;
const pageSize = (p) => (p.T > LONGEST_UNTURNED ? PAGE : p.T);

function tokenTrack(root, grid, onSelect, onFlip) {
  const pages = root.querySelector('.dr-pages');
  let p = null, columns = [], line = null, page = -1, painted = null;
  const size = () => pageSize(p);
  const turn = (to) => {
    if (to === page) return;
    page = to;
    const shown = columns.slice(page * size(), (page + 1) * size());
    grid.replaceChildren(header(trackRows(p)), ...shown.map((c) => c.node), line);
    grid.style.setProperty('--n', shown.length);
    roving(grid, shown.map((c) => [c.token, c.flow]));
    [...pages.children].forEach((b, i) => b.setAttribute('aria-checked', i === page));
    if (painted) track.paint(...painted);
  };
  const track = {
    build(payload) {
      p = payload;
      columns = p.tokens.map((token, t) => tokenColumn(p, token, t));
      line = make('div', 'dr-theta');
      grid.dataset.readout = p.readout;
      grid.classList.toggle('upright', size() > 18);
      grid.scrollLeft = 0;
      pages.replaceChildren(...pageButtons(p, turn));
      pages.hidden = p.T <= size();
      page = -1;
      painted = null;
      turn(0);
    },
    show: (t) => turn(Math.floor(t / size())),
    paintTheta(theta, shown) {
      line.style.setProperty('--theta', theta);
      line.hidden = !shown;
    },
    paint(...now) {
      painted = now;
      const from = page * size();
      columns.slice(from, from + size()).forEach((c, i) => paintToken(c, p, ...now, from + i));
    },
    attribution(name, scores) {
      const top = scores ? Math.max(1e-12, ...scores.map(Math.abs)) : 1;
      columns.forEach((c, t) => c[name] && paintBar(c[name], scores ? scores[t] / top : 0, scores ? signed(scores[t], 3) : ''));
    },
    looked(shares) {
      const top = Math.max(1e-12, ...shares);
      columns.forEach((c, t) => paintBar(c.looked, shares[t] / top, percent(shares[t])));
    },
    select(token) {
      if (token >= 0) track.show(token);
      columns.forEach((c, t) => {
        c.node.classList.toggle('sel', t === token);
        c.token.setAttribute('aria-pressed', t === token);
      });
    },
    names: (label) => renameHeader(grid, trackRows(p, label)),
  };
  grid.addEventListener('click', (event) => {
    const column = event.target.closest('.dr-col[data-i]');
    if (!column) return;
    const t = +column.dataset.i;
    event.target.closest('.dr-flow') ? onFlip(t) : onSelect(t);
  });
  return track;
}

function pageButtons(p, turn) {
  const size = pageSize(p), count = Math.ceil(p.T / size);
  return Array.from({ length: count }, (_, i) => {
    const b = button('dr-page', `${i * size + 1}–${Math.min(p.T, (i + 1) * size)}`);
    b.setAttribute('role', 'radio');
    b.setAttribute('aria-label', `Tokens ${b.textContent}`);
    b.addEventListener('click', () => turn(i));
    return b;
  });
}
