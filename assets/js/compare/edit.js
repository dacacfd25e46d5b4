// Other words, or another router: what the model has to run again.
function editPanel(root, choices, { current, onRow, send }) {
  const $e = (name) => root.querySelector(`.cmp-${name}`), status = $e('status'), x = $e('text-x'), h = $e('text-h'), where = $e('checkpoint');
  let made = null; // the row the request in flight comes from
  const turns = askingInTurn(send, (error) => setText(status, `No new row: ${error}`));
  const kind = (name) => (choices.find((choice) => choice.name === name) || {}).context;
  const shape = () => ($e('h-label').hidden = ['image', 'backward'].includes(kind(where.value) || current().p.contextKind));
  const ask = (changes, then = 'row') => {
    made = { parent: snapshot(current()), then, id: current().id };
    setText(status, 'The model is running …');
    turns.ask(asked(current(), changes));
  };
  where.replaceChildren(...choices.map(({ name, title }) => option(name, title)));
  where.addEventListener('change', shape);
  $e('run').addEventListener('click', () => ask({ checkpoint: where.value, x: x.value, h: $e('h-label').hidden ? '' : h.value }));
  return {
    build({ p }) {
      if (!choices.some(({ name }) => name === p.checkpoint)) where.append(option(p.checkpoint, p.checkpoint));
      where.value = p.checkpoint;
      x.value = p.x;
      h.value = p.h;
      setText($e('x'), p.xName);
      root.querySelectorAll('.cmp-h').forEach((node) => setText(node, p.hName));
      shape();
    },
    words(text) { ask({ x: text }); },
    rewrite() { ask({}, 'draft'); },
    arrived(answer) {
      if (!answer || !turns.answered(answer)) return;
      setText(status, '');
      onRow(answer.payload, made);
    },
  };
}

// The decision stays for the same router; its flips follow their words when the answer is here, but for a text that is
// written, which needs them now. A picture stays with what can see it.
function asked(row, changes) {
  const request = { ...requestOf(row), ...changes }, sameRouter = request.checkpoint === row.p.checkpoint;
  return { ...request, image: sameRouter ? request.image : '', ...(sameRouter ? {} : { policy: null, threshold: null }),
    overrides: sameRouter && !row.p.answers && request.x === row.p.x ? request.overrides : [] };
}

// The parent's flips and unread words, on the same words of what was run anew by the same router; exact, as all replay is.
function carried(parent, p) {
  const view = viewOf(p);
  if (parent.p.checkpoint !== p.checkpoint || !p.answers) return view;
  const moved = (before, after) => new Map(align(before, after).filter((c) => c.change === 'same').map((c) => [c.a, c.b]));
  const tokens = moved(parent.p.tokens, p.tokens), context = moved(parent.p.contextTokens, p.contextTokens);
  const flips = [...parent.view.overrides].filter(([t]) => tokens.has(t)).map(([t, flow]) => [tokens.get(t), flow]);
  const ignored = [...parent.view.ignored].filter((s) => context.has(s)).map((s) => context.get(s));
  return { ...view, overrides: new Map(flips), ignored: new Set(ignored) };
}

// Where each token stands in x; a trace without places has its tokens looked for in order. Null where one is not found.
function placesOf(p) {
  if (p.offsets.length || p.places !== undefined) return p.offsets.length ? p.offsets : p.places;
  let at = 0;
  const text = p.x.toLowerCase();
  const places = p.tokens.map((token) => {
    const word = token.replace(/^##/, '').toLowerCase(), from = text.indexOf(word, at);
    at = from < 0 ? Infinity : from + word.length;
    return [from, at];
  });
  return (p.places = places.every(([from]) => from >= 0) ? places : null);
}

// The word that token t belongs to, or null: where it stands, and the first token after it.
function wordAt(p, t) {
  const places = placesOf(p);
  if (!places || t < 0 || t >= p.T) return null;
  let first = t, last = t;
  while (first && p.tokens[first].startsWith('##')) first -= 1;
  while (last + 1 < p.T && p.tokens[last + 1].startsWith('##')) last += 1;
  return { from: places[first][0], to: places[last][1], next: last + 1 };
}

function withoutWord(p, t) {
  const { from, to } = wordAt(p, t), text = `${p.x.slice(0, from)}${p.x.slice(to)}`.replace(/ {2,}/g, ' ').trim();
  return text || null;
}

function withSwapped(p, t) {
  const word = wordAt(p, t), other = wordAt(p, word.next);
  if (!other) return null;
  return p.x.slice(0, word.from) + p.x.slice(other.from, other.to) + p.x.slice(word.to, other.from) + p.x.slice(word.from, word.to) + p.x.slice(other.to);
}
