// Attribution tracks: asked for once per input, marked stale when the decision has changed since.
function attributionPanel(root, views, send) {
  const status = root.querySelector('.dr-attr-status'), again = root.querySelector('.dr-again');
  let shown = null, shownRoute = null;

  // What an attribution depends on. The gate's does not depend on the decision, only on the inputs.
  const request = (p, view, label) => ({
    key: p.key, checkpoint: p.checkpoint, x: p.x, h: p.h, image: p.image, policy: view.policy, threshold: view.theta,
    label: p.asked(label), overrides: [...view.overrides].map(([t, flow]) => [t, p.flows[flow]]),
  });
  const clear = () => ['pushed', 'opened'].forEach((name) => views().forEach((v) => v.attribution(name, null)));
  const offer = (text) => {
    again.hidden = !text;
    if (text) setText(again, text);
  };
  const turns = askingInTurn(send, (error, { key }) => {
    if (key !== root.dataset.ready) return; // of an input that has left the screen
    root.dataset.attribution = 'failed';
    status.textContent = `No attributions: ${error.replace(/\.$/, '')}.`;
    offer('Try again');
  });
  const ask = (p, view, label) => {
    root.dataset.attribution = 'asked';
    status.textContent = 'Computing attributions …';
    offer('');
    turns.ask(request(p, view, label));
  };
  const show = (p, result) => {
    shown = result;
    shownRoute = null;
    views().forEach((v, i) => {
      const scores = i ? 'contextScores' : 'scores';
      v.attribution('pushed', result.prediction[scores]);
      v.attribution('opened', result.gate[scores]);
    });
    root.dataset.attribution = 'shown';
    status.textContent = describe(result, p);
    root.classList.remove('stale');
    offer('');
  };
  return {
    current: (p) => (shown && shown.request.key === p.key ? shown : null),
    newInput(p, view) {
      shown = null;
      clear();
      root.classList.remove('stale');
      status.textContent = '';
      offer('');
      again.onclick = () => ask(p, view, view.label ?? replay(p, view).best);
      if (!p.attributed) ask(p, view, view.label ?? replay(p, view).best); // a stored one comes with the input
    },
    // A reply answers the input and the route it was asked for, which may not be on screen any more.
    arrived(p, result) {
      if (!p || !result) return;
      if (result.id && !turns.answered(result)) return;
      if (!result.error && result.request.key === p.key) show(p, result);
    },
    // The route of the picture against the route the attribution was computed for.
    follow(p, view, outcome, label) {
      if (!shown || shown.request.key !== p.key || root.dataset.attribution === 'asked') return;
      shownRoute ??= routeAsked(p, shown);
      const sameRoute = shownRoute === outcome.weights.join(), same = sameRoute && shown.request.label === p.asked(label);
      root.classList.toggle('stale', !same);
      offer(same ? '' : !sameRoute ? 'Compute again for this route' : p.piece >= 0 ? 'Compute for this word' : 'Compute again');
      const what = `“pushed ${p.answers ? 'answer' : 'text'}” is stale: computed for another `;
      setText(status, same ? describe(shown, p) : `${what}${!sameRoute ? 'route' : p.answers ? 'answer' : 'part of the text'}.`);
    },
  };
}

const overridesOf = (p, shown) => new Map(shown.request.overrides.map(([t, flow]) => [t, p.flows.indexOf(flow)]));

function describe({ prediction, gate }, p) {
  const one = (name, a) => {
    if (a.delta == null) return `${name}: ${a.methodTitle}`;
    const off = Math.abs(a.delta / (a.change || 1e-12));
    const trust = a.converged ? '' : ' (not converged within the steps it may take; read with care)';
    return `${name}: ${a.methodTitle}${a.steps == null ? '' : `, ${a.steps} steps`}, scores add up to ${signed(a.change)} with an error of ` +
      `${(100 * off).toFixed(off < 0.001 ? 2 : 1)} %${trust}`;
  };
  return `${one(p.answers ? 'Answer' : 'Log-probability of the text', prediction)}. ${one('Gates', gate)}. Each sum is the change from an empty input; what is absent is replaced by ${prediction.baselineTitle}.`;
}
