// The input on screen in Inspect at every θ: exact, since its answer changes only at its tokens' gates.
// Mirrors dualroute/trace/breakpoints.py; a test holds them equal.
const THETA_POLICIES = ['threshold', 'weighted_threshold'];

// [{low, high, closed, answer, prob, share}]: θ from `low` up to but not including `high`; `closed` stop reading at low.
function stretchesOf(p, view) {
  const free = Array.from(p.reading.keys()).filter((t) => !view.overrides.has(t));
  const cuts = [0, ...[...new Set(free.map((t) => p.reading[t]).filter((g) => g > 0))].sort((a, b) => a - b)];
  return cuts.map((low, i) => {
    const { kappa, rho } = routeOf(p, { ...view, theta: low });
    const outcome = p.decide(p.score(kappa, rho));
    const answer = p.answers ? outcome.best : null;
    return {
      low, high: cuts[i + 1] ?? 1, answer,
      closed: low ? free.filter((t) => p.reading[t] === low) : [],
      prob: p.answers ? p.probOf(outcome, outcome.best) : null,
      share: rho.reduce((a, b) => a + b, 0) / p.T,
    };
  });
}

// What the whole says: where the answer changes, and how far each flow's own answer holds.
function bandWords(p, stretches, alone, always) {
  if (!p.answers) return 'A written text is no sum of contributions: at another θ it would have to be written anew. Below: who would read.';
  const changes = stretches.filter((s, i) => i && s.answer !== stretches[i - 1].answer);
  const name = (c) => quote(p.nameOf(c));
  if (!changes.length) return `The answer is ${name(stretches[0].answer)} at every θ.`;
  const at = changes.map((s) => `${thetaText(s.low)} (to ${name(s.answer)})`);
  const until = stretches.find((s) => s.answer !== always);
  let from = null;
  for (const s of [...stretches].reverse()) { if (s.answer !== alone) break; from = s.low; }
  const kept = [];
  if (until && stretches[0].answer === always) kept.push(`the answer of merging always, ${name(always)}, holds below θ = ${thetaText(until.low)}`);
  if (from != null) kept.push(`that of direct alone, ${name(alone)}, from ${thetaText(from)} on`);
  return `From ${name(stretches[0].answer)} at θ = 0 the answer changes at θ = ${shortList(at)}${kept.length ? `; ${kept.join(', ')}` : ''}.`;
}

const shortList = (items, most = 4) =>
  items.length <= most ? items.join(', ') : `${items.slice(0, most).join(', ')} and ${items.length - most} more`;
const thetaText = (theta) => theta.toFixed(3);

function inputBand(root, onTheta) {
  const $ = (name) => root.querySelector(`.th-${name}`);
  let p = null, stretches = [];
  return {
    // seen: what the inspector says is on screen, {view, payload}
    show(seen) {
      p = seen && seen.payload;
      $('input').hidden = !p;
      if (!p) return;
      const overrides = new Map(seen.view.overrides);
      const policy = THETA_POLICIES.includes(seen.view.policy) ? seen.view.policy : 'threshold';
      stretches = stretchesOf(p, { policy, overrides });
      const best = (flow) => p.best(p.score(...weightsUnder(p, { policy: flow, theta: 0, overrides })));
      $('band-words').textContent = bandWords(p, stretches, p.answers && best('direct'), p.answers && best('merged'));
      $('band-input').textContent = `${clip(p.x, 140)} `;
      $('band-held').textContent = [
        policy === 'threshold' ? '' : 'Above θ a token reads in proportion to its gate.',
        overrides.size ? `${overrides.size} flipped ${overrides.size === 1 ? 'token is' : 'tokens are'} held.` : '',
      ].join(' ');
      $('band').replaceChildren(...joined(stretches).map((s) => piece(p, s, onTheta)));
      $('band-ticks').replaceChildren(...stretches.slice(1).map((s) => tickOf(p, s)));
      $('flips').replaceChildren(flipTable(p, stretches, onTheta));
    },
    theta(theta) {
      if (!p) return;
      $('band-theta').style.left = `${100 * theta}%`;
      const at = stretches.findLast((s) => s.low <= theta);
      root.querySelectorAll('.th-flips tbody tr').forEach((row, i) => row.classList.toggle('here', stretches[i] === at));
      setText($('band-here'), at.answer == null ? '' : `here ${quote(p.nameOf(at.answer))}, ${percent(at.prob)}`);
    },
  };
}

const weightsUnder = (p, view) => {
  const { kappa, rho } = routeOf(p, view);
  return [kappa, rho];
};

// Neighbours with one answer as one piece.
function joined(stretches) {
  const found = [];
  for (const s of stretches) {
    const last = found[found.length - 1];
    if (last && last.answer === s.answer) last.high = s.high;
    else found.push({ ...s });
  }
  return found;
}

function piece(p, { low, high, answer }, onTheta) {
  const name = answer == null ? '' : p.nameOf(answer), node = button('th-piece', name);
  node.style.left = `${100 * low}%`;
  node.style.width = `${100 * (high - low)}%`;
  node.dataset.label = answer == null ? 0 : answer % 6;
  node.title = `${name || 'θ'}: from θ = ${thetaText(low)} to ${thetaText(high)}`;
  node.addEventListener('click', () => onTheta((low + high) / 2));
  return node;
}

function tickOf(p, { low, closed }) {
  const node = make('i');
  node.style.left = `${100 * low}%`;
  node.title = `θ = ${thetaText(low)}: ${closed.map((t) => quote(p.tokens[t])).join(', ')}`;
  return node;
}

function flipTable(p, stretches, onTheta) {
  const head = ['from θ', 'stops reading', 'answer', 'probability', 'tokens merged'];
  const rows = stretches.map((s, i) => {
    const changes = i && s.answer !== stretches[i - 1].answer;
    const theta = button('th-jump', thetaText(s.low));
    theta.addEventListener('click', () => onTheta(Math.min(1, s.low === s.high ? s.low : (s.low + s.high) / 2)));
    const cells = [theta, s.closed.length ? s.closed.map((t) => quote(p.tokens[t])).join(', ') : i ? '' : 'all above 0 read',
      s.answer == null ? 'a rerun' : p.nameOf(s.answer), s.prob == null ? '' : percent(s.prob), percent(s.share)];
    return { cells, strong: changes };
  });
  return tableOf(head, rows, 'Where the route changes');
}
