// The context's words as switches: pressed ones are left unread.
function unreadWordsPanel(root, { current, onChanged, say }) {
  const box = root.querySelector('.cmp-context');
  let words = [], shownOf = null;
  box.addEventListener('click', (event) => {
    const word = event.target.closest('[data-s]');
    if (!word) return;
    const ignored = new Set(current().view.ignored), s = +word.dataset.s;
    ignored.has(s) ? ignored.delete(s) : ignored.add(s);
    onChanged(ignored);
  });
  root.querySelector('.cmp-read-all').addEventListener('click', () => onChanged(new Set()));
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
