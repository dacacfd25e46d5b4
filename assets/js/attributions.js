// Attribution tracks: asked for once per input, marked stale when the decision has changed since.
function attributionPanel(root, tokens, contextTokens, ask) {
  const status = root.querySelector('.dr-attr-status'), again = root.querySelector('.dr-again');
  let shown = null, shownRoute = null, wanted = null;

  // What an attribution depends on. The gate's does not depend on the decision, only on the texts.
  const request = (p, view, label) => ({
    key: p.key, policy: view.policy, threshold: view.theta, label: p.labels[label],
    overrides: [...view.overrides].map(([t, flow]) => [t, p.flows[flow]]),
  });
  const clear = () => ['pushed', 'opened'].forEach((name) => {
    tokens.attribution(name, null);
    contextTokens.attribution(name, null);
  });
  const send = (p, view, label) => {
    wanted = request(p, view, label);
    root.dataset.attribution = 'asked';
    status.textContent = 'Computing attributions …';
    again.hidden = true;
    ask({ ...wanted, checkpoint: p.checkpoint, x: p.x, h: p.h });
  };
  const panel = {
    current: (p) => (shown && shown.request.key === p.key ? shown : null),
    newInput(p, view) {
      shown = null;
      clear();
      again.onclick = () => send(p, view, view.label ?? replay(p, view).best);
      if (p.attributed) return; // a stored one comes with the input
      send(p, view, view.label ?? replay(p, view).best);
    },
    arrived(p, result) {
      if (!p || !result || result.request.key !== p.key) return; // the input has changed meanwhile
      shown = result;
      shownRoute = null;
      tokens.attribution('pushed', result.prediction.scores);
      contextTokens.attribution('pushed', result.prediction.contextScores);
      tokens.attribution('opened', result.gate.scores);
      contextTokens.attribution('opened', result.gate.contextScores);
      root.dataset.attribution = 'shown';
      status.textContent = describe(result);
      root.classList.toggle('stale', false);
      if (wanted) again.hidden = true;
    },
    // The route of the picture against the route the attribution was computed for.
    follow(p, view, outcome, label) {
      if (!shown || shown.request.key !== p.key) return;
      shownRoute ??= replay(p, { ...shown.request, theta: shown.request.threshold, overrides: overridesOf(p, shown) })
        .weights.join();
      const same = shownRoute === outcome.weights.join() && shown.request.label === p.labels[label];
      root.classList.toggle('stale', !same);
      again.hidden = same;
      setText(status, same ? describe(shown)
        : `“pushed answer” is stale: computed for ${shown.request.label} under another route.`);
    },
  };
  return panel;
}

const overridesOf = (p, shown) => new Map(shown.request.overrides.map(([t, flow]) => [t, p.flows.indexOf(flow)]));

function describe({ prediction, gate }) {
  const one = (name, a) => {
    if (a.delta == null) return `${name}: ${a.methodTitle}`;
    const off = Math.abs(a.delta / (a.change || 1e-12));
    const trust = a.converged ? '' : ' (not converged: read with care)';
    return `${name}: ${a.methodTitle}, ${a.steps} steps, scores add up to ${signed(a.change)} with an error of ` +
      `${(100 * off).toFixed(off < 0.001 ? 2 : 1)} %${trust}`;
  };
  return `${one('Answer', prediction)}. ${one('Gates', gate)}. Absent words are replaced by ${prediction.baselineTitle}.`;
}
