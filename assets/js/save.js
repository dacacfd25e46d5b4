// The view on screen as a file that works without a server: the page's own scripts, which the server hands out as text,
// with the numbers that are here already. What was typed does not leave the browser for it.
function fileSaver(plotlyUrl, send) {
  let parts = null, waiting = [];
  const settle = (error) => {
    waiting.forEach(([resolve, reject]) => (error ? reject(new Error(error)) : resolve(parts)));
    waiting = [];
  };
  const turns = askingInTurn(send, (error) => settle(error), 30000);
  const wanted = () => new Promise((resolve, reject) => {
    if (parts) return resolve(parts);
    waiting.push([resolve, reject]);
    if (waiting.length === 1) turns.ask({});
  });
  return {
    arrived(answer) {
      if (!answer || !turns.answered(answer)) return;
      parts = answer.parts;
      settle();
    },
    // views: [{payload, attribution}], one or two.
    async file(views, withPicture) {
      const [before, between, after] = await wanted();
      const packed = withPicture ? await packedFrom(plotlyUrl) : '';
      const data = JSON.stringify({ views }).replace(/</g, '\\u003c');
      return new Blob([before, data, between, packed, after], { type: 'text/html' });
    },
  };
}

async function packedFrom(url) {
  const { body } = await fetch(url);
  return base64Of(await new Response(body.pipeThrough(new CompressionStream('gzip'))).blob());
}

// A pinned view as a saved one: the payload opens with the decision, the answer and the token that were on screen.
function savedView({ payload, view }, attribution, shown = {}) {
  const decision = { policy: view.policy, threshold: view.theta, overrides: view.overrides, attributed: !!attribution };
  return { payload: { ...payload, ...decision, shown }, attribution: attribution ? { ...attribution, id: undefined } : null };
}
