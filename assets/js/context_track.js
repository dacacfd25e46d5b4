// The context's own track: what was read of it, what that added, and its attributions.
function contextTrack(grid) {
  let columns = [];
  return {
    build(p) {
      columns = p.contextTokens.map((token, s) => contextColumn(token));
      grid.replaceChildren(header(contextNames(p)), ...columns.map((c) => c.node));
      grid.style.setProperty('--n', Math.max(1, p.S));
      grid.classList.toggle('upright', p.S > 18);
    },
    paint(p, rho, label, token, scale) {
      const { read, gain } = contextReading(p, rho, label, token);
      const top = token < 0 ? scale.read : Math.max(1e-12, ...read);
      columns.forEach((c, s) => {
        c.read.firstChild.style.setProperty('--v', Math.min(1, read[s] / top).toFixed(4));
        c.read.title = percent(read[s]);
        paintBar(c.gain, Math.max(-1, Math.min(1, gain[s] / scale.gain)), signed(gain[s], 3));
        c.name.title = `${p.contextTokens[s]}: read ${percent(read[s])}, adds ${signed(gain[s], 3)}`;
        c.node.setAttribute('aria-label', c.name.title);
      });
    },
    attribution(name, scores) {
      const top = scores ? Math.max(1e-12, ...scores.map(Math.abs)) : 1;
      columns.forEach((c, s) => paintBar(c[name], scores ? scores[s] / top : 0, scores ? signed(scores[s], 3) : ''));
    },
    names: (p, label, token) => renameHeader(grid, contextNames(p, label, token)),
  };
}

const contextNames = (p, label, token) => [
  ['token', `the ${p.hName}, token by token`],
  [token == null ? 'was read' : `read by ${clip(token, 10)}`, 'how much of the reading went to this token'],
  [`adds to ${label ?? 'the answer'}`, 'exact contribution through all tokens that read it'],
  ['pushed answer', 'attribution: words that moved the prediction up or down'],
  ['opened gates', 'attribution: words that opened (up) or closed (down) the gates'],
];

function contextColumn(token) {
  const node = make('div', 'dr-col');
  node.setAttribute('role', 'group');
  const name = make('div', 'dr-tok', token), read = make('div', 'dr-bar');
  read.append(make('i'));
  const gain = signedBar(), pushed = signedBar(), opened = signedBar();
  node.append(name, read, gain, pushed, opened);
  return { node, name, read, gain, pushed, opened };
}

// Scales that stay while θ moves: the most that could be read, the most that could be added.
function contextScale(p, label) {
  const all = contextReading(p, new Float64Array(p.T).fill(1), label, -1);
  let largestTerm = 1e-12;
  for (let s = 0; s < p.S; s++) {
    let up = 0, down = 0;
    for (let t = 0; t < p.T; t++) {
      const value = p.context[(t * p.S + s) * p.C + label];
      value > 0 ? (up += value) : (down -= value);
    }
    largestTerm = Math.max(largestTerm, up, down);
  }
  return { read: Math.max(1e-12, ...all.read), gain: largestTerm };
}

function tokenScale(p) {
  let top = 1e-12;
  for (let i = 0; i < p.T * p.C; i++) top = Math.max(top, Math.abs(p.direct[i]), Math.abs(p.read[i]));
  return top;
}
