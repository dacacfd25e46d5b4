// The whole text with every token's flow, and the answers of spans marked where they stand.
function passage(root, onSelect) {
  const box = root.querySelector('.dr-passage'), key = root.querySelector('.dr-marks');
  let p = null, words = [], gaps = [], shown = '';
  box.addEventListener('click', (event) => {
    const word = event.target.closest('[data-t]');
    if (word) onSelect(+word.dataset.t);
  });
  return {
    build(payload) {
      p = payload;
      shown = '';
      box.hidden = key.hidden = p.readout !== 'span' && p.T <= pageSize(p);
      key.hidden = p.readout !== 'span';
      words = box.hidden ? [] : p.tokens.map((token, t) => passageWord(p, t));
      gaps = words.map((_, t) => make('span', '', textBetween(p, t)));
      box.replaceChildren(...words.flatMap((word, t) => [gaps[t], word]));
      roving(box, words.map((word) => [word]));
    },
    paint(outcome) {
      words.forEach((word, t) => {
        const rho = outcome.rho[t].toFixed(2);
        if (word.rho === rho) return;
        word.rho = rho;
        word.style.setProperty('--rho', rho);
      });
    },
    // answers: of the route, of the direct flow alone, of the merged flow always; spans of tokens.
    marks(answers) {
      if (p.readout !== 'span' || answers.join() === shown) return;
      shown = answers.join();
      MARKS.forEach((mark, k) => {
        const from = startOf(p, answers[k]), to = endOf(p, answers[k]);
        words.forEach((word, t) => {
          word.classList.toggle(mark, t >= from && t <= to);
          gaps[t].classList.toggle(mark, t > from && t <= to);
        });
      });
    },
    select: (token) => words.forEach((word, t) => word.classList.toggle('sel', t === token)),
  };
}

const MARKS = ['routed', 'direct', 'merged'];

function passageWord(p, t) {
  const node = make('span', 'dr-word', p.offsets.length ? ownText(p, t) : p.tokens[t].replace(/^##/, ''));
  node.dataset.t = t;
  node.setAttribute('role', 'button');
  node.onkeydown = (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    node.click();
  };
  return node;
}

// The text of a token; of a character that is split into several tokens, only the first shows it.
function ownText(p, t) {
  const [start, end] = p.offsets[t], before = t ? p.offsets[t - 1][1] : 0;
  return p.x.slice(Math.max(start, before), end);
}

function textBetween(p, t) {
  if (!p.offsets.length) return t && !p.tokens[t].startsWith('##') ? ' ' : '';
  return p.x.slice(t ? p.offsets[t - 1][1] : 0, p.offsets[t][0]);
}
