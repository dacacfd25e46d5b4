// Ribbons of the flow picture: every exact term of one logit, none left out. Mirrors dualroute/report/flow.py.
const MOST_CONTEXT = 10, MOST_TOKENS = 20, LEAST_SHARE = 0.006;

// Node ids: 'own', 'c<s>' or 'c+' (other context tokens), 't<t>' or 't+' (other tokens), 'for', 'against'.
function flowLinks(p, outcome, label) {
  const terms = flowTerms(p, outcome, label);
  const total = terms.perToken.reduce((a, b) => a + b, 0);
  const keepContext = largest(terms.perContext, MOST_CONTEXT, total);
  const keepToken = largest(terms.perToken, MOST_TOKENS, total);
  const links = new Map();
  const add = (source, target, positive, value) => {
    const key = source + '|' + target + '|' + positive;
    if (value) links.set(key, (links.get(key) || 0) + value);
  };
  for (const { t, s, value } of terms.all) {
    const token = keepToken.has(t) ? 't' + t : 't+';
    const source = s < 0 ? 'own' : keepContext.has(s) ? 'c' + s : 'c+';
    add(source, token, value > 0, Math.abs(value));
    add(token, value > 0 ? 'for' : 'against', value > 0, Math.abs(value));
  }
  return [...links].map(([key, value]) => {
    const [source, target, positive] = key.split('|');
    return { source, target, positive: positive === 'true', value };
  });
}

function flowTerms(p, { kappa, rho }, label) {
  const all = [], perContext = new Float64Array(p.S), perToken = new Float64Array(p.T);
  const push = (t, s, value) => {
    if (!value) return;
    all.push({ t, s, value });
    perToken[t] += Math.abs(value);
    if (s >= 0) perContext[s] += Math.abs(value);
  };
  for (let t = 0; t < p.T; t++) {
    push(t, -1, kappa[t] * p.own(t, label));
    for (let s = 0; s < p.S; s++) push(t, s, rho[t] * p.term(t, s, label));
  }
  return { all, perContext, perToken };
}

// Indices of the largest values, at most `count`, none below a share of the total: those would be hairlines.
function largest(values, count, total) {
  const order = Array.from(values.keys()).filter((i) => values[i] > LEAST_SHARE * total)
    .sort((a, b) => values[b] - values[a] || a - b);
  return new Set(order.slice(0, count));
}
