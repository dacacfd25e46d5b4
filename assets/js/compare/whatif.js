// Flows by force, by word class or position; and the fewest flips that change the answer.
const POSITIONS = { selected: 'the selected token', first: 'the first tokens', last: 'the last tokens', every: 'every n-th token', span: 'the tokens from' };

function whatIf(root, { current, selected, onChanged }) {
  const $w = (name) => root.querySelector(`.cmp-${name}`), which = $w('which'), flows = $w('by'), words = $w('found'), strip = chanceStrip(root);
  const shape = () => {
    $w('count').hidden = which.value === 'selected' || !(which.value in POSITIONS); // a class of words is all of them
    $w('to').hidden = which.value !== 'span';
  };
  const apply = (flips, told) => {
    const { p, view } = current(), found = randomFlips(p, view, flips), answer = quoted(p, replay(p, view).best);
    if (!found) return say(`${told} Nothing changes: all of these tokens go that way already.`, null);
    onChanged(new Map([...view.overrides, ...flips]));
    say(`${told} ${found.size} of them ${found.size === 1 ? 'changes its' : 'change their'} route. ${chanceWords(found, answer)}`, found, answer);
  };
  const say = (text, found, answer) => {
    setText(words, text);
    strip.show(found, answer);
  };
  which.addEventListener('change', shape);
  $w('apply').addEventListener('click', () => {
    const { p } = current(), flow = +flows.value, tokens = chosenTokens(p, which.value, +$w('count').value, +$w('last').value, selected());
    if (!tokens.length) return say(which.value === 'selected' ? 'Select a token of B in the tracks first.' : 'B has no such tokens.', null);
    apply(tokens.map((t) => [t, flow]), `${count(tokens.length, 'token')} of B sent ${p.flows[flow]}.`);
  });
  $w('smallest').addEventListener('click', () => {
    const { p, view } = current(), found = smallestChange(p, view);
    if (!found) return say(`No flips change the answer: whichever way its tokens go, B says ${quoted(p, replay(p, view).best)}.`, null);
    const chance = randomFlips(p, view, found.flips), answer = quoted(p, found.before.best);
    onChanged(found.view.overrides);
    say(`${smallestWords(p, found)} ${chanceWords(chance, answer)}`, chance, answer);
  });
  return {
    build({ p }) {
      which.replaceChildren(...Object.keys(p.wordClasses || {}).map((name) => option(name, name)), ...Object.entries(POSITIONS).map(([name, title]) => option(name, title)));
      flows.replaceChildren(...p.flows.map((flow, r) => option(r, flow)));
      root.querySelector('.cmp-intervene').hidden = !p.answers;
      shape();
    },
    say,
    clear: () => say('', null),
  };
}

function option(value, text) {
  const node = make('option', '', text);
  node.value = value;
  return node;
}

// n, last: as a visitor counts, from one.
function chosenTokens(p, which, n, last, selected) {
  const all = [...p.tokens.keys()];
  if (p.wordClasses && p.wordClasses[which]) return p.wordClasses[which];
  return { selected: () => all.filter((t) => t === selected), first: () => all.slice(0, Math.max(1, n)), last: () => all.slice(-Math.max(1, n)),
    every: () => all.filter((t) => t % Math.max(1, n) === 0), span: () => all.filter((t) => t + 1 >= n && t + 1 <= last) }[which]();
}

function smallestWords(p, { flips, before, after }) {
  const sent = p.flows.map((flow, r) => [flow, flips.filter(([, to]) => to === r).map(([t]) => p.tokens[t])]).filter(([, tokens]) => tokens.length);
  const how = sent.map(([flow, tokens]) => `${tokens.length > 8 ? `${listed(tokens.slice(0, 2))} and ${tokens.length - 2} others` : tokens.map((token) => `‘${clip(token)}’`).join(', ')} ${flow}`).join('; ');
  const enough = flips.length === 1 ? 'One flip is enough' : `${flips.length} flips are enough, and no smaller set is`;
  const turned = `from ${quoted(p, before.best)} to ${quoted(p, after.best)} (${percent(p.probOf(after, after.best))})`;
  return `${enough}: ${how}. The answer turns ${turned}.`;
}
