// What the tab shows of the rows at the slider's θ. `root`, `rows` and the panels are thresholds.js's.

function setTheta(value) {
  slider.value = value;
  moved();
}

function moved() {
  if (!frame) frame = requestAnimationFrame(paint);
}

// What follows the slider in the same frame: the sentence, the band's line, share and quality.
function paint() {
  frame = 0;
  setText($('value'), thetaText(theta()));
  band.theta(theta());
  remember();
  if (!rows) return;
  giveUp();
  delete root.dataset.interval;
  const states = statesAt(rows, theta()), at = { theta: theta(), ...measure(rows, states) };
  setText($('answer'), rowsWords(rows, at, rows.all, null));
  clearTimeout(resting);
  resting = setTimeout(() => atRest(states, at), 160);
}

// What takes longer than a frame waits until the slider rests.
function atRest(states, at) {
  showCurves(at, null);
  facetsAt(states);
  const found = calibrationOf(rows, states);
  setText($('ece'), calibrationWords(found));
  reliability.show(calibrationFigure(rows, found), $('ece').textContent);
  if ($('follow').checked) $('other').value = at.theta;
  pair();
  root.dataset.theta = at.theta;
  giveUp = intervalsOf(rows, states, rows.reading, (interval) => {
    setText($('answer'), rowsWords(rows, at, rows.all, interval));
    showCurves(at, interval.quality);
    root.dataset.interval = at.theta;
    tellChoices();
  });
}

function showCurves(at, interval) {
  const told = `${rows.title}. ${$('answer').textContent}`;
  curve.show(markedCurve(rows, at, interval), `Quality by share of tokens merged, ${told}`);
  $('of-price').hidden = !rows.operations || $('price').hidden; // a file without pictures has none
  if (rows.operations) price.show(priceFigure(rows, at, interval), `Quality by operations, ${told}`);
}

function calibrationWords({ error, counts }) {
  const top = counts[counts.length - 1] / rows.N;
  return `On average the probability of the answer and how often it is right differ by ${(100 * error).toFixed(1)} points ` +
    `(expected calibration error, ten bins); ${percent(top)} of the rows are answered with a probability above 90 %. Dots below the line: too sure.`;
}

function facetsAt(states) {
  const box = $('facets-by');
  if (box.childElementCount !== rows.facets.length || box.dataset.of !== rows.name) {
    facet = Math.min(facet, rows.facets.length - 1);
    box.dataset.of = rows.name;
    box.replaceChildren(...rows.facets.map(({ title }, i) => {
      const b = button('th-kind', title);
      b.setAttribute('role', 'radio');
      b.addEventListener('click', () => { facet = i; facetsAt(statesAt(rows, theta())); });
      return b;
    }));
    roving(box, [...box.children].map((b) => [b]));
  }
  [...box.children].forEach((b, i) => b.setAttribute('aria-checked', i === facet));
  $('facets').replaceChildren(facetTable(rows, rows.facets[facet], states, rows.reading, rows.closed));
}

function pair() {
  const [one, other] = pairNow();
  const [before, after] = [statesAt(rows, one), statesAt(rows, other)];
  const [a, b] = [measure(rows, before), measure(rows, after)];
  setText($('pair-words'), `From θ₁ = ${thetaText(one)} to θ₂ = ${thetaText(other)}: ${shareText(a.share)} → ${shareText(b.share)} of the tokens merged, ` +
    `${qualityText(rows, a.quality)} → ${qualityText(rows, b.quality)}.`);
  changes.show(rows, before, after);
}

const pairNow = () => ['one', 'other'].map((name) => Math.min(1, Math.max(0, +$(name).value || 0)));

function choose() {
  const share = +$('share').value / 100, quality = +$('quality').value / 100;
  chosen = { share: chooseTheta(rows, (c) => within(c, share)), quality: chooseTheta(rows, (c) => reaching(c, quality)) };
  for (const [name, choice] of Object.entries(chosen)) {
    setText($(`by-${name}`), choiceWords(rows, choice));
    $(`take-${name}`).hidden = !choice;
  }
}

// What the choices are worth, with intervals: after those of the slider's θ, which are waited for.
function tellChoices() {
  stopTelling();
  const of = rows, stops = Object.entries(chosen).filter(([, choice]) => choice).map(([name, choice]) =>
    intervalsOf(of, statesAt(of, choice.theta), of.reading, (found) => {
      choice.interval = found;
      setText($(`by-${name}`), choiceWords(of, choice, found));
    }, of.halves[1]));
  stopTelling = () => stops.forEach((stop) => stop());
}
