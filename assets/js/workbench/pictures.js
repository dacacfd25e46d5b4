// A context that is a picture: one small copy for each track, its patches coloured by their scores. On its own scale the
// strongest patch has full colour: beside one telling word all patches would be pale.
const WB_PNG = /^data:image\/png;base64,[A-Za-z0-9+/]+={0,2}$/;

function patchPictures(box, p, rows, said, scale) {
  const side = Math.max(1, Math.round(Math.sqrt(p.S)));
  box.replaceChildren(...rows.map((row) => {
    const figure = make('figure', `wb-picture${row.stale ? ' is-stale' : ''}`), frame = make('div', 'wb-frame');
    if (WB_PNG.test(p.image)) {
      const img = make('img');
      img.src = p.image; // its form was checked above
      img.alt = '';
      frame.append(img);
    }
    const patches = make('div', `wb-patches ${row.kind}`);
    const most = row.units.reduce((best, u) => (Math.abs(u.value) > Math.abs(best.value) ? u : best), { value: 0, from: -1 });
    const top = scale === 'one' ? row.top : Math.abs(most.value) || 1;
    patches.style.setProperty('--side', side);
    patches.append(...row.units.map((unit) => patchOf(p, row, unit, top)));
    patches.addEventListener('pointerover', (event) => event.target.title && setText(said, event.target.title));
    patches.addEventListener('pointerleave', () => setText(said, said.dataset.hint));
    const strongest = [...row.units].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, 3);
    frame.setAttribute('role', 'img');
    frame.setAttribute('aria-label', `${row.short}. Strongest: ${strongest.map((u) => `${p.contextTokens[u.from]} ${numberWords(row, u.value)}`).join('; ')}`);
    frame.append(patches);
    const caption = make('figcaption');
    caption.append(make('b', '', row.title), make('small', '', row.detail));
    if (row.stale) caption.append(make('em', '', `stale: ${row.stale}`));
    if (most.from >= 0) caption.append(make('small', '', `strongest: ${p.contextTokens[most.from]}, ${numberWords(row, most.value)}`));
    figure.append(frame, caption);
    return figure;
  }));
}

function patchOf(p, row, unit, top) {
  const node = make('i', unit.value < 0 ? 'neg' : '');
  node.style.setProperty('--v', Math.min(1, Math.abs(unit.value) / top).toFixed(3));
  node.title = `${p.contextTokens[unit.from]}: ${row.short} ${numberWords(row, unit.value)}`;
  return node;
}
