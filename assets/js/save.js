// The view on screen as a file that works without a server: the page's own scripts, which the server hands out as text,
// with the numbers that are here already. What was typed does not leave the browser for it.
function fileSaver(plotlyUrl, send) {
  const parts = {}; // of the file with one view, and with two
  let waiting = [];
  const settle = (error) => {
    waiting.filter(({ pair }) => error || parts[pair])
      .forEach(({ pair, resolve, reject }) => (error ? reject(new Error(error)) : resolve(parts[pair])));
    waiting = error ? [] : waiting.filter(({ pair }) => !parts[pair]);
  };
  const turns = askingInTurn(send, (error) => settle(error), 30000);
  const wanted = (pair) => new Promise((resolve, reject) => {
    if (parts[pair]) return resolve(parts[pair]);
    const asked = waiting.some((other) => other.pair === pair);
    waiting.push({ pair, resolve, reject });
    if (!asked) turns.ask({ pair });
  });
  return {
    arrived(answer) {
      if (!answer) return;
      if (answer.parts) parts[answer.pair] = answer.parts;
      turns.answered(answer);
      settle();
    },
    // views: [{payload, attribution}], one or two.
    async file(views, withPicture) {
      return fileOf(await wanted(views.length > 1), { views }, withPicture && plotlyUrl);
    },
  };
}

// A pinned view as a saved one: the payload opens with the decision, the answer and the token that were on screen.
function savedView({ payload, view }, attribution = null, shown = {}) {
  const decision = { policy: view.policy, threshold: view.theta, overrides: view.overrides, attributed: !!attribution };
  const scores = attribution && { ...attribution, id: undefined };
  return { payload: { ...payload, ...decision, shown }, attribution: scores, ignored: view.ignored || [] };
}
