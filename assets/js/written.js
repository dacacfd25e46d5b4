// A text the model writes: no sum that the page could replay, so a change of route asks the server to write anew.
function writtenText(root, onPiece, send, arrivedAt) {
  const $w = (name) => root.querySelector(`.dr-${name}`);
  const box = $w('written'), list = $w('texts'), status = $w('rewrite-status'), again = $w('rewrite');
  let p = null, wanted = '';
  const stale = (on) => box.classList.toggle('waiting', on);
  const turns = askingInTurn(send, (error, { key }) => {
    if (!p || key !== p.key) return;
    wanted = '';
    status.textContent = `Not written anew: ${error.replace(/\.$/, '')}. The text above is of another route.`;
    again.hidden = false;
  });
  const ask = (view, route) => {
    wanted = route;
    stale(true);
    again.hidden = true;
    status.textContent = 'A change of route is a rerun: the text is being written anew …';
    turns.ask({
      key: p.key, checkpoint: p.checkpoint, x: p.x, h: p.h, image: p.image, policy: view.policy, threshold: view.theta,
      overrides: [...view.overrides].map(([t, flow]) => [t, p.flows[flow]]),
    });
  };
  const show = (written) => {
    list.replaceChildren(...writtenCards(written, onPiece));
    roving(list, [...list.querySelectorAll('.dr-piece')].map((b) => [b]));
    stale(false);
    again.hidden = true;
    status.textContent = 'A change of route is a rerun: the text is then written anew on the server.';
  };
  return {
    build(payload, view) {
      p = payload;
      box.hidden = p.answers;
      if (p.answers) return;
      wanted = routeOf(p, view).weights.join();
      show(p.written);
    },
    // After a decision: the same route as of the text on screen needs no rerun.
    follow(view, outcome) {
      if (p.answers) return;
      const route = outcome.weights.join();
      again.onclick = () => ask(view, route);
      if (route === wanted) return;
      ask(view, route);
    },
    arrived(result) {
      if (!result || !turns.answered(result) || !p || result.key !== p.key) return;
      arrivedAt(result.written);
      show(p.written);
    },
    select(piece) {
      list.querySelectorAll('.dr-piece').forEach((b, n) => b.setAttribute('aria-pressed', n === piece));
      setText($w('piece-words'), piece < 0 ? $w('piece-words').dataset.hint : pieceWords(p, piece));
    },
  };
}

const writtenOf = (written, T) => ({ ...written, attention: unpack(written.attention), N: written.tokens.length });

function writtenCards({ tokens, probs, copied, text, alternatives }, onPiece) {
  let at = 0;
  const pieces = tokens.flatMap((token, n) => {
    const piece = token.replace(/^##/, ''), from = text.indexOf(piece, at);
    const gap = from < 0 ? ' ' : text.slice(at, from);
    if (from >= 0) at = from + piece.length;
    return [gap, pieceButton(piece, probs[n], copied[n], () => onPiece(n))];
  });
  const cards = [writtenCard('Routed', 'as decided here', ...(pieces.length ? pieces : [text]))];
  for (const [flow, title, detail] of [['direct', 'Direct alone', 'no token reads'], ['merged', 'Merged always', 'every token reads']])
    if (alternatives[flow] != null) cards.push(writtenCard(title, detail, alternatives[flow]));
  return cards;
}

function pieceButton(piece, prob, copied, choose) {
  const b = button('dr-piece', piece);
  b.title = `probability ${percent(prob)}, copied ${percent(copied)}`;
  b.setAttribute('aria-label', `${piece}: ${b.title}. Show where it looked.`);
  b.addEventListener('click', choose);
  return b;
}

function writtenCard(title, detail, ...content) {
  const card = make('div', 'dr-card'), head = make('p', 'dr-card-head'), text = make('p', 'dr-card-text');
  head.append(make('b', '', title), make('small', '', detail));
  text.append(...content);
  card.append(head, text);
  return card;
}

function pieceWords(p, n) {
  const { tokens, probs, copied } = p.written;
  const row = Array.from({ length: p.T }, (_, t) => ({ t, a: lookedAt(p, n, t) })).sort((a, b) => b.a - a.a);
  const looks = row.slice(0, 3).map(({ t, a }) => `${quote(p.tokens[t])} ${percent(a)}`);
  return `${quote(tokens[n])}: probability ${percent(probs[n])}, ${percent(copied[n])} of it copied from the ${p.xName}. ` +
    `It looked at ${looks.join(', ')}.`;
}
