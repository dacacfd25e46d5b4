// The context's own track: what was read of it, what that added, and its attributions.
function contextTrack(grid) {
  let columns = [], read = [], gain = [];
  return {
    build(p) {
      columns = p.contextKind === 'backward' ? [] : p.contextTokens.map((token) => contextColumn(p, token));
      grid.replaceChildren(header(contextNames(p)), ...columns.map((c) => c.node));
      grid.style.setProperty('--n', Math.max(1, p.S));
      grid.dataset.readout = p.readout;
      grid.classList.toggle('items', p.contextKind === 'items'); // few and long names: one row each
      grid.classList.toggle('upright', p.contextKind !== 'items' && p.S > 18);
    },
    paint(p, rho, label, token, scale) {
      ({ read, gain } = contextReading(p, rho, label, token));
      const top = token < 0 ? scale.read : Math.max(1e-12, ...read);
      columns.forEach((c, s) => {
        const bar = [Math.min(1, read[s] / top), Math.max(-1, Math.min(1, gain[s] / scale.gain))];
        if (c.bar && Math.abs(c.bar[0] - bar[0]) + Math.abs(c.bar[1] - bar[1]) < 0.002) return; // not to be seen
        c.bar = bar;
        setBar(c.read, bar[0]);
        if (c.gain) setBar(c.gain, bar[1]);
      });
    },
    // Titles and labels, once a drag has come to rest.
    describe(p) {
      columns.forEach((c, s) => {
        const words = `${p.contextTokens[s]}: ${readWords(p, read[s], gain[s])}`;
        if (c.name.title === words) return;
        [c.name, c.read, c.gain].forEach((cell) => cell && (cell.title = words));
        c.node.setAttribute('aria-label', words);
      });
    },
    attribution(name, scores) {
      const top = scores ? Math.max(1e-12, ...scores.map(Math.abs)) : 1;
      columns.forEach((c, s) => c[name] && paintBar(c[name], scores ? scores[s] / top : 0, scores ? signed(scores[s], 3) : ''));
    },
    names: (p, label, token) => renameHeader(grid, contextNames(p, label, token)),
  };
}

const readWords = (p, read, gain) => `read ${percent(read)}${p.answers ? `, adds ${signed(gain, 3)}` : ''}`;

const addsTo = (p, label, token) => (p.readout !== 'span' ? clip(label ?? 'the answer', 13)
  : token == null ? 'the answer' : 'its scores');

const contextNames = (p, label, token) => [
  [p.contextKind === 'items' ? 'item' : 'token', `the ${p.hName}, one by one`],
  [token == null ? 'was read' : `read by ${clip(token, 10)}`, 'how much was read here: the attention of those that read, by how much each counts in the answer'],
  ...(p.answers ? [
    [`adds to ${addsTo(p, label, token)}`, 'exact contribution through all tokens that read it'],
  ] : []),
  ...ATTRIBUTION_ROWS,
];

function contextColumn(p, token) {
  const node = make('div', 'dr-col');
  node.setAttribute('role', 'group');
  const name = make('div', 'dr-tok', token), read = bar();
  const more = { ...(p.answers ? { gain: signedBar() } : {}), pushed: signedBar('pushed'), opened: signedBar('opened') };
  node.append(name, read, ...Object.values(more));
  return { node, name, read, ...more };
}

// Scales that stay while θ moves: the most that could be read, the most that could be added.
function contextScale(p, label) {
  const key = `${label} ${p.piece ?? ''}`;
  p.contextScales ||= {};
  return (p.contextScales[key] ||= measureContext(p, label));
}

function measureContext(p, label) {
  const all = contextReading(p, new Float64Array(p.T).fill(1), label, -1);
  let largestTerm = 1e-12;
  for (let s = 0; s < p.S && p.answers; s++) {
    let up = 0, down = 0;
    for (let t = 0; t < p.T; t++) {
      const value = p.term(t, s, label);
      value > 0 ? (up += value) : (down -= value);
    }
    largestTerm = Math.max(largestTerm, up, down);
  }
  return { read: Math.max(1e-12, ...all.read), gain: largestTerm };
}

function tokenScale(p) {
  let top = 1e-12;
  for (let i = 0; i < p.direct.length; i++) top = Math.max(top, Math.abs(p.direct[i]), Math.abs(p.read[i]));
  return top;
}
