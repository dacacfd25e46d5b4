const UNREAD_WORK = 2e7; // so many numbers may be summed again for the random draws: some tenths of a second
// The context's words as switches: pressed ones are left unread.
function unreadWordsPanel(root, { current, onChanged, say }) {
  const box = root.querySelector('.cmp-context');
  let words = [], shownOf = null;
  box.addEventListener('click', (event) => {
    const word = event.target.closest('[data-s]');
    if (!word) return;
    const ignored = new Set(current().view.ignored), s = +word.dataset.s;
    ignored.has(s) ? ignored.delete(s) : ignored.add(s);
    change(ignored);
  });
  root.querySelector('.cmp-read-all').addEventListener('click', () => change(new Set()));
  // Told against the same decision with everything read.
  const change = (ignored) => {
    const { p, view } = current(), whole = { ...view, ignored: new Set() };
    const found = randomUnread(p, whole, ignored, Math.max(40, Math.min(DRAWS, Math.floor(UNREAD_WORK / (p.T * p.S * p.C)))));
    onChanged(ignored);
    const answer = quoted(p, replay(p, whole).best);
    say(found ? `${listed([...ignored].map((s) => p.contextTokens[s]))} of the ${p.hName} left unread. ${chanceWords(found, answer)}` : '', found, answer);
  };
  return {
    build({ p }) {
      root.querySelector('.cmp-unread').hidden = !p.answers || !p.S;
      if (shownOf === p.key + p.checkpoint) return;
      shownOf = p.key + p.checkpoint;
      words = p.contextTokens.map((token, s) => {
        const b = button('cmp-context-word', token);
        b.dataset.s = s;
        return b;
      });
      box.replaceChildren(...words);
      roving(box, words.map((b) => [b]));
    },
    paint: ({ view }) => words.forEach((b, s) => b.setAttribute('aria-pressed', view.ignored.has(s))),
  };
}
