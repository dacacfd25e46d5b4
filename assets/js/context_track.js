// The context's own track: what was read of it, what that added, and its attributions.
function contextTrack(grid) {
  let columns = [], read = [], gain = [];
  return {
    build(p) {
      columns = p.contextTokens.map((token, s) => contextColumn(token));
      grid.replaceChildren(header(contextNames(p)), ...columns.map((c) => c.node));
      grid.style.setProperty('--n', Math.max(1, p.S));
      grid.classList.toggle('upright', p.S > 18);
    },
    paint(p, rho, label, token, scale) {
      ({ read, gain } = contextReading(p, rho, label, token));
      const top = token < 0 ? scale.read : Math.max(1e-12, ...read);
      columns.forEach((c, s) => {
        const bar = [Math.min(1, read[s] / top), Math.max(-1, Math.min(1, gain[s] / scale.gain))];
        if (c.bar && Math.abs(c.bar[0] - bar[0]) + Math.abs(c.bar[1] - bar[1]) < 0.002) return; // not to be seen
        c.bar = bar;
        setBar(c.read, bar[0]);
        setBar(c.gain, bar[1]);
      });
    },
    // Titles and labels, once a drag has come to rest.
    describe(p) {
      columns.forEach((c, s) => {
        const words = `${p.contextTokens[s]}: read ${percent(read[s])}, adds ${signed(gain[s], 3)}`;
        if (c.name.title === words) return;
        c.name.title = c.read.title = c.gain.title = words;
        c.node.setAttribute('aria-label', words);
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
  [`adds to ${clip(label ?? 'the answer', 13)}`, 'exact contribution through all tokens that read it'],
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
  p.contextScales ||= {};
  return (p.contextScales[label] ||= measureContext(p, label));
}

function measureContext(p, label) {
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
