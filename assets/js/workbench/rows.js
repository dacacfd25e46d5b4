// Tracks as rows of a figure: what the grid, the pictures and the files are drawn from.
// units: [{from, to, value}] over tokens; top: the number that fills a bar
function unitsOf(scores, groups) {
  return scores.map((value, i) => ({ from: groups.length ? groups[i][0] : i, to: groups.length ? groups[i][1] : i + 1, value }));
}

const largest = (track) => Math.max(1e-12, ...[...track.scores, ...track.contextScores].map(Math.abs));

function figureRows(p, tracks, side, scale) {
  const shared = new Map();
  for (const track of tracks) shared.set(isGate(track.target), Math.max(shared.get(isGate(track.target)) || 0, largest(track)));
  const rows = tracks.map((track) => ({
    title: track.title,
    short: `${track.title} → ${targetWords(p, track.target, track.label)}`,
    detail: `→ ${targetWords(p, track.target, track.label)}`,
    kind: track.signed ? 'signed' : 'unsigned',
    units: side === 'x' ? unitsOf(track.scores, track.groups) : unitsOf(track.contextScores, track.contextGroups),
    top: scale === 'one' ? shared.get(isGate(track.target)) : largest(track),
    stale: track.stale,
    help: track.help,
  }));
  return side === 'x' ? [gateRow(p), ...rows] : rows;
}

const gateRow = (p) => ({
  title: 'Gate', short: 'gate', detail: `how much it wants to read the ${p.hName}`, kind: 'gate', top: 1, stale: '',
  units: Array.from(p.reading, (value, t) => ({ from: t, to: t + 1, value })),
});

// The main track in words: the first thing to read.
function readingOf(p, track) {
  const named = [...namedUnits(p.tokens, track.scores, track.groups), ...namedUnits(p.contextTokens, track.contextScores, track.contextGroups)];
  const sorted = named.sort((a, b) => b.value - a.value), total = Math.max(1e-12, ...named.map((u) => Math.abs(u.value)));
  const up = sorted.filter((u) => u.value > 0.15 * total).slice(0, 3), down = sorted.filter((u) => u.value < -0.15 * total).slice(-3).reverse();
  const list = (units) => units.map((u) => `${quote(u.name)} ${track.signed ? signed(u.value) : u.value.toFixed(2)}`).join(', ');
  const target = targetWords(p, track.target, track.label), what = isGate(track.target) ? `opened the ${target}` : `raised ${target}`;
  if (!track.signed) return `${track.title}: what mattered most to ${target} was ${list(sorted.slice(0, 3))}.`;
  const words = [];
  if (up.length) words.push(`${what} most: ${list(up)}`);
  if (down.length) words.push(`${isGate(track.target) ? 'closed' : 'lowered'} it most: ${list(down)}`);
  return `${track.title}: ${words.join('; ') || 'nothing moved it much'}.`;
}

const namedUnits = (tokens, scores, groups) => unitsOf(scores, groups).map((u) => ({
  value: u.value, name: tokens.slice(u.from, u.to).join(' ').replace(/ ##/g, ''),
}));
