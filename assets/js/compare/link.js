// A and B as parts of an address, each an address within it, and back; dualroute/app/url_state/settings.py reads them, traces each
// input once and says what it could not use.
const rowState = ({ p, view }) => ({
  task: p.checkpoint, x: p.x, h: p.h, policy: view.policy, theta: String(view.theta),
  flips: [...view.overrides].map(([t, flow]) => `${t}:${p.flows[flow]}`).join(','), unread: [...view.ignored].sort((s, t) => s - t).join(','),
});

// The address around it writes most characters anew; here only those that would end a part.
const packed = (entries) => entries.map(([name, value]) => `${name}=${value.replace(/[%&+;]/g, (sign) => encodeURIComponent(sign))}`).join('&');

function packedPair(one, other) {
  const differs = Object.entries(other).filter(([name, value]) => name === 'policy' || value !== one[name]);
  return { a: packed(Object.entries(one).filter(([, value]) => value)), b: packed(differs) };
}

function pairLink({ a, b }) {
  const [one, other] = [rowState(a), rowState(b)];
  const withoutContext = () => {
    if (!one.h && !other.h) return null;
    for (const state of [one, other]) Object.assign(state, { h: '', unread: '' });
    return packedPair(one, other);
  };
  const cuts = [[`the ${a.p.hName}`, withoutContext], ['A and B, whose texts are too long: save them as a page', () => ({ a: '', b: '' })]];
  return linkOf({ tab: 'compare', ...packedPair(one, other) }, cuts, a.p.image || b.p.image ? ['the picture'] : []);
}

// What the address follows. `chosen`: the rows' ids; as the tab begins it needs no words.
const pairState = (pair, chosen) => ({ tab: 'compare',
  ...(!pair || (chosen.a === 'inspect' && chosen.b === 'twin') ? { a: '', b: '' } : packedPair(rowState(pair.a), rowState(pair.b))) });

// Asks for the views of an address and hands over those that came: [{side, payload, view}].
function linkedViews(send, onViews) {
  const turns = askingInTurn(send, (error) => {
    tell('link-unused', { notes: [`A and B were not shown: ${error.replace(/\.$/, '')}`] });
    onViews([]);
  });
  return {
    ask: (pair) => turns.ask(pair),
    arrived(answer) {
      if (!answer || !turns.answered(answer)) return;
      tell('link-unused', { notes: answer.notes });
      onViews(answer.views);
    },
  };
}
