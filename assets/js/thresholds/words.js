// The plain answer: which θ, and what is lost. Made of the numbers on screen alone.
function rowsWords(rows, at, all, found) {
  const told = [`At θ = ${thetaText(at.theta)}, ${shareText(at.share)} of the tokens are merged, and ${qualityPhrase(rows, at.quality, found)}.`];
  told.push(lossWords(rows, at, all, found));
  told.push(`Direct alone: ${qualityText(rows, rows.direct[rows.metric])}.`);
  const near = nearestEntry(rows, at.share);
  if (near) told.push(randomWords(rows, at, near));
  if (rows.early) told.push(`In ${shareText(at.reading)} of the rows some token reads: only these need the second text encoded.`);
  return told.join(' ');
}

function qualityPhrase(rows, quality, found) {
  const bounds = found ? ` ${boundsText(found.quality)}` : '';
  return rows.percent ? `${qualityText(rows, quality)}${bounds} of ${count(rows.N)} rows are answered rightly`
    : `the ${rows.word} over ${count(rows.N)} rows is ${qualityText(rows, quality)}${bounds}`;
}

// Against all tokens reading. Only what an interval excludes zero for is called a loss or a gain.
function lossWords(rows, at, all, found) {
  const said = `When every token reads: ${qualityText(rows, all.quality)}`;
  if (at.share === all.share) return `${said}, the same.`;
  const size = pointsText(at.quality - all.quality);
  if (!found) return `${said}, a difference of ${size} points.`;
  const [low, high] = found.difference, bounds = boundsText(found.difference, true);
  if (high < 0) return `${said}; ${pointsText(all.quality - at.quality).slice(1)} points are lost ${bounds}.`;
  if (low > 0) return `${said}; reading less gains ${size.slice(1)} points ${bounds}.`;
  return `${said}; no measurable loss (${size} points ${bounds}).`;
}

// What was measured with gates that do not look, at the stored share that comes next to this one.
function nearestEntry(rows, share) {
  const away = (entry) => Math.abs(entry.share - share);
  return rows.entries.reduce((best, entry) => (!best || away(entry) < away(best) ? entry : best), null);
}

function randomWords(rows, at, near) {
  const share = Math.abs(near.share - at.share) < 0.0005 ? 'at the same share' : `at a share of ${shareText(near.share)}`;
  const [name, best] = Object.entries(near.static).reduce((a, b) => (b[1] > a[1] ? b : a));
  const ranked = near.random < at.quality && best < at.quality ? '' : ' The gates do not beat that.';
  return `Random gates ${share}: ${qualityText(rows, near.random)} ${boundsText(near.randomCi)}; the best static gate (${name}): ${qualityText(rows, best)}.${ranked}`;
}

function choiceWords(rows, choice) {
  if (!choice) return 'No θ does.';
  const { theta, chosenOn: mine, toldBy: theirs } = choice;
  return `θ = ${thetaText(theta)}. On the half that chose it: ${shareText(mine.share)} merged, ${qualityText(rows, mine.quality)}; ` +
    `on the other half, which did not: ${shareText(theirs.share)}, ${qualityText(rows, theirs.quality)}.`;
}
