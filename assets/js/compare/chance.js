// An effect beside what chance does: words, and a strip on one axis.
function chanceStrip(root) {
  const strip = root.querySelector('.cmp-chance');
  const put = (name, from, to) => {
    const node = strip.querySelector(`.cmp-axis .${name}`);
    node.style.left = `${(100 * from).toFixed(2)}%`;
    if (to != null) node.style.width = `${(100 * (to - from)).toFixed(2)}%`;
  };
  return {
    show(found, answer) {
      strip.hidden = !found;
      if (!found) return;
      const reach = 1.15 * Math.max(1e-6, ...[found.effect, found.low, found.high, found.mean].map(Math.abs));
      const at = (value) => (value / reach + 1) / 2;
      put('band', at(found.low), at(found.high));
      put('mean', at(found.mean));
      put('effect', at(found.effect));
      put('zero', 0.5);
      strip.setAttribute('aria-label', chanceWords(found, answer));
    },
  };
}

function chanceWords({ effect, mean, low, high, share, size, choices, draws }, answer) {
  const many = draws.length.toLocaleString('en');
  const what = `It moves the probability of ${answer} by ${points(effect)}.`;
  if (size === choices) return `${what} There is no other set of ${count(size, 'token')} to draw, so nothing to compare it with.`;
  return `${what} As many at random (${size} of ${choices}, ${many} draws): ${points(mean)} on average, ` +
    `95 % of the draws between ${points(low)} and ${points(high)}; ${shareWords(share, draws.length)}.`;
}

const shareWords = (share, draws) => (share ? `${percent(share)} of them move it at least as far` : `none of the ${draws.toLocaleString('en')} moves it as far`);
