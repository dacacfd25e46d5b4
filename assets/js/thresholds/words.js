// The plain answer: which θ, and what is lost. Made of the numbers on screen alone.
//   at: what is measured at θ;  all: where every token reads;  found: the intervals, null while they are not there yet
const tooFewRows = (n) => (n === 1 ? 'One row is too little' : `${count(n)} rows are too few`);
const UNSEEN = 0.02; // a loss up to this may be said not to be seen; where more is possible, nothing is known

function rowsWords(rows, at, all, found) {
  return [qualityWords(rows, at, found), lossWords(rows, at, all, found), aloneWords(rows, at), rivalWords(rows, at),
    priceWords(rows, at), found ? '' : 'Intervals follow when θ rests.'].filter(Boolean).join(' ');
}

// For the one who gets the file: what was decided, on what.
const settledWords = (rows, at, found) => `${rowsWords(rows, at, rows.all, found)} Brackets are 95 % intervals over the ${count(rows.N)} rows (${rows.data}).`;

function qualityWords(rows, at, found) {
  const bounds = found ? ` ${boundsText(found.quality)}` : '', spent = at.share === 0 ? 'no token is merged, since no gate is above θ'
    : at.share === 1 ? 'every token is merged' : `${shareText(at.share)} of the tokens are merged`;
  return `At θ = ${thetaText(at.theta)}, ${spent}, and ${rows.percent
    ? `${qualityText(rows, at.quality)}${bounds} of ${rows.N === 1 ? '1 row is' : `${count(rows.N)} rows are`} answered rightly`
    : `the ${rows.word} over ${count(rows.N)} rows is ${qualityText(rows, at.quality)}${bounds}`}.`;
}

// Against all tokens reading. Only what an interval excludes zero for is called a loss or a gain.
function lossWords(rows, at, all, found) {
  const said = `When every token reads: ${qualityText(rows, all.quality)}`;
  if (at.share === all.share) return `${said}, the same.`;
  if (!found) return `${said}, a difference of ${pointsText(at.quality - all.quality)} points.`;
  return `${said}; ${differenceWords(rows.N, at.quality - all.quality, found.difference)}.`;
}

function differenceWords(n, difference, [low, high]) {
  const size = Math.abs(difference) < TINY ? 'less than 0.05' : pointsOf(difference);
  if (high < 0) return `${size} points are lost ${boundsText([-high, -low])}`;
  if (low > 0) return `reading less gains ${size} points ${boundsText([low, high])}`;
  const range = `${pointsText(difference)} points, 95 % interval from ${pointsOf(low)} lost to ${pointsOf(high)} gained`;
  if (Math.max(-low, high) > UNSEEN) return `${tooFewRows(n)} to tell whether anything is lost (${range})`;
  return Math.max(-low, high) < TINY ? `the difference is less than 0.05 points either way`
    : `no loss that ${count(n)} rows could show (${range})`;
}

const aloneWords = (rows, at) => (at.share === 0 ? 'This is the direct flow alone.' : `Direct alone: ${qualityText(rows, rows.direct[rows.metric])}.`);

// What was measured with gates that do not look, at the stored share that comes next to this one and has gates to look.
const NEAR = 0.05;
function nearestEntry(rows, share) {
  const away = (entry) => Math.abs(entry.share - share);
  return rows.entries.filter((entry) => entry.share > 0 && entry.share < 1 && away(entry) < NEAR)
    .reduce((best, entry) => (!best || away(entry) < away(best) ? entry : best), null);
}

function rivalWords(rows, at) {
  if (rowsBehind(rows) < 2 * FEW) return `${tooFewRows(rows.N)} to tell whether the gates beat gates that do not look.`;
  if (!readingCounts(rows)) return 'Reading everything or nothing makes no difference that these rows could show, so here no gates can be better than others.';
  if (at.share === 0 || at.share === 1) return 'Gates that do not look would do the same here.';
  const near = nearestEntry(rows, at.share);
  if (!near) return '';
  const [name, best] = Object.entries(near.static).reduce((a, b) => (b[1] > a[1] ? b : a));
  const where = Math.abs(near.share - at.share) < TINY ? 'the same share' : `a share of ${shareText(near.share)}, the nearest measured`;
  return `Gates that do not look, at ${where}: random ones reach ${qualityText(rows, near.random)} ${boundsText(randomBounds(rows, near))}, ` +
    `the best static ones (${STATIC_WORDS[name] || name}) ${qualityText(rows, best)}. ${verdictWords(rows, near, best)}`;
}

const STATIC_WORDS = { constant: 'every token by the same part', leading: 'the first tokens of a row', even: 'tokens at equal distances' };

// Whether the context is worth anything on these rows: where all tokens read, against none.
function readingCounts({ entries }) {
  const all = entries.find(({ theta }) => theta === 0);
  return !all || !all.minusDirect || all.minusDirect.ci[0] > 0 || all.minusDirect.ci[1] < 0;
}

const randomBounds = (rows, near) => {
  const n = rowsBehind(rows);
  return tooFew(near.random, n) ? wilson(near.random, n) : near.randomCi;
};

// The gates against the better of both rivals, at the θ at which all three were measured.
function verdictWords(rows, near, best) {
  const { difference, ci } = near.random > best ? near.minusRandom : near.minusStatic;
  if (ci[0] > 0) return `The gates beat the better of the two by ${pointsOf(difference)} points ${boundsText(ci)}.`;
  if (ci[1] < 0) return `The better of the two beats the gates by ${pointsOf(difference)} points ${boundsText([-ci[1], -ci[0]])}.`;
  return `That the gates beat the better of the two these rows cannot show (${pointsText(difference)} points, from ${pointsOf(ci[0])} below to ${pointsOf(ci[1])} above).`;
}

// found: the intervals on the half that did not choose.
function choiceWords(rows, choice, found = null) {
  if (!enoughToChoose(rows)) return `${tooFewRows(rows.N)} to choose a θ by.`;
  if (!choice) return 'No θ does.';
  const { theta, chosenOn: mine, toldBy: theirs, told } = choice, bounds = found ? ` ${boundsText(found.quality)}` : '';
  const loss = !found ? '' : theirs.share === 1 ? ', as when every token reads'
    : `; against every token reading (${qualityText(rows, told.quality)}): ${differenceWords(theirs.n, theirs.quality - told.quality, found.difference)}`;
  return `θ = ${thetaText(theta)}. On the half that chose it: ${shareText(mine.share)} merged, ${qualityText(rows, mine.quality)}; ` +
    `on the other half, which did not: ${shareText(theirs.share)}, ${qualityText(rows, theirs.quality)}${bounds}${loss}.`;
}
