// A context that is a picture: its patches laid over it, coloured by one quantity at a time.
const PICTURE_ROWS = [
  ['read', 'was read', 'how much the answer read of this patch: the attention of the tokens that read, each by how much it counts'],
  ['gain', 'adds to the answer', 'exact contribution through all words that read it'],
  ['pushed', 'pushed answer', 'attribution: patches that moved the prediction up or down'],
  ['opened', 'opened gates', 'attribution: patches that opened or closed the gates'],
];
const PNG = /^data:image\/png;base64,[A-Za-z0-9+/]+={0,2}$/;

function pictureTrack(root) {
  const frame = root.querySelector('.dr-frame'), modes = root.querySelector('.dr-modes');
  const grid = root.querySelector('.dr-patches'), said = root.querySelector('.dr-patch-words');
  let p = null, patches = [], mode = 'read', values = {}, tops = {}, at = -1, reader = null;
  const paintAll = () => {
    patches.forEach((patch, s) => {
      const share = values[mode] ? values[mode][s] / tops[mode] : 0;
      patch.style.setProperty('--v', Math.min(1, Math.abs(share)).toFixed(3));
      patch.classList.toggle('neg', share < 0);
    });
    grid.dataset.mode = mode;
    [...modes.children].forEach((b) => b.setAttribute('aria-checked', b.dataset.mode === mode));
  };
  const tell = (s) => {
    at = s;
    const by = reader == null ? '' : ` by ${quote(reader)}`;
    setText(said, s >= 0 ? patchWords(p, values, s, by) : reader == null ? said.dataset.hint
      : `Shown: what ${quote(reader)} reads. ${said.dataset.hint}`);
  };
  const place = (event) => (event.target.dataset.s == null ? -1 : +event.target.dataset.s);
  grid.addEventListener('pointerover', (event) => tell(place(event)));
  grid.addEventListener('pointerleave', () => tell(-1));
  grid.addEventListener('focusin', (event) => tell(place(event)));
  return {
    build(payload) {
      p = payload;
      values = {};
      mode = 'read';
      const side = Math.round(Math.sqrt(p.S));
      grid.style.setProperty('--side', Math.max(1, side));
      patches = p.contextTokens.map((name, s) => patchCell(name, s));
      grid.replaceChildren(...patches);
      rovingSquare(grid, patches, side);
      frame.querySelectorAll('img').forEach((img) => img.remove());
      if (PNG.test(p.image)) frame.prepend(pictureOf(p));
      const rows = PICTURE_ROWS.filter(([name]) => p.answers || name !== 'gain');
      modes.replaceChildren(...rows.map(([name, title, help]) => modeButton(name, name === 'pushed' && !p.answers ? 'pushed text' : title, help, () => { mode = name; paintAll(); })));
      modes.hidden = rows.length < 2;
      roving(modes, [...modes.children].map((b) => [b]));
      tell(-1);
      paintAll();
    },
    paint(payload, rho, label, token, scale) {
      const { read, gain } = contextReading(p, rho, label, token);
      values = { ...values, read, gain };
      tops = { ...tops, read: token < 0 ? scale.read : Math.max(1e-12, ...read), gain: scale.gain };
      paintAll();
    },
    describe() {
      patches.forEach((patch, s) => patch.setAttribute('aria-label', patchWords(p, values, s, '')));
      tell(at);
    },
    attribution(name, scores) {
      values[name] = scores;
      tops[name] = scores ? Math.max(1e-12, ...scores.map(Math.abs)) : 1;
      paintAll();
    },
    names(payload, label, token) {
      reader = token ?? null;
      const adds = modes.querySelector('[data-mode=gain]');
      if (adds) setText(adds, `adds to ${clip(label ?? 'the answer', 16)}`);
      tell(at);
    },
  };
}

function patchCell(name, s) {
  const patch = button('dr-patch');
  patch.dataset.s = s;
  return patch;
}

function pictureOf(p) {
  const img = make('img');
  img.src = p.image; // its form was checked above; it never was an address of anything else
  img.alt = `the ${p.hName} as the model sees it`;
  return img;
}

function modeButton(name, title, help, choose) {
  const b = button('dr-policy', title);
  b.dataset.mode = name;
  b.title = help;
  b.setAttribute('role', 'radio');
  b.addEventListener('click', choose);
  return b;
}

function patchWords(p, values, s, by) {
  const words = [`read${by} ${percent(values.read ? values.read[s] : 0)}`];
  if (p.answers && values.gain) words.push(`adds ${signed(values.gain[s], 3)}`);
  if (values.pushed) words.push(`pushed the answer ${signed(values.pushed[s], 3)}`);
  if (values.opened) words.push(`opened the gates ${signed(values.opened[s], 3)}`);
  return `${p.contextTokens[s]}: ${words.join(', ')}`;
}

// Arrow keys move in rows and columns of the picture; one patch is in the tab order.
function rovingSquare(grid, patches, side) {
  patches.forEach((patch, s) => (patch.tabIndex = s ? -1 : 0));
  grid.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: side, ArrowUp: -side }[event.key];
    const now = patches.indexOf(event.target), next = patches[now + step];
    if (!step || now < 0) return;
    event.preventDefault();
    if (!next) return;
    event.target.tabIndex = -1;
    focusOn(next);
  };
}
