// Views in a file of their own. `inspector` and `comparison`: the page's scripts.
function openSaved({ payload, attribution }, place, views) {
  const section = savedSection(views.length > 1 ? String.fromCharCode(65 + place) : '');
  section.append(savedInput(payload.xName, payload.x));
  if (payload.h) section.append(savedInput(payload.hName, payload.h));
  const host = savedPart(section, 'inspector', place);
  saidWhatIsMissing(host);
  run(inspector, host, { value: payload, attribution });
}

// Two views: their comparison, alive, above both.
function openPair(views) {
  const rows = views.map(({ payload, ignored }) =>
    ({ payload, view: { policy: payload.policy, theta: payload.threshold, overrides: payload.overrides, ignored } }));
  run(comparison, savedPart(savedSection('A and B compared'), 'comparison', 'pair'), { value: { choices: [], rows } });
}

function savedInput(name, text) {
  const line = make('p', 'saved-input');
  line.append(make('b', '', name), make('span', '', text));
  return line;
}

function saidWhatIsMissing(host) {
  host.querySelector('.dr-again').after(make('span', 'saved-note', 'It cannot be computed again here: ' + NO_SERVER + '.'));
  if (packedPlotly()) return;
  const plot = host.querySelector('.dr-plot');
  plot.classList.add('no-plotly');
  plot.after(make('p', 'saved-note dr-hint', 'The flow picture was left out of this file. Its sum:'));
}

const { views } = savedData();
document.title = `${clip(views[0].payload.x, 60)} – DualRoute Explorer`;
if (views.length > 1) openPair(views);
views.forEach(openSaved);
