// The comparison as numbers: the columns are those of Comparison.to_frame() in Python.
function pairTable(pair) {
  const answer = explained(pair), n = changeCount(pair), names = n > 1 ? ['start_contribution', 'end_contribution'] : n ? ['contribution'] : [];
  const triple = (name) => [`${name}_a`, `${name}_b`, `${name}_change`];
  const columns = ['token_a', 'token_b', 'change', ...triple('gate'), 'flow_a', 'flow_b', 'rerouted', ...names.flatMap(triple)];
  const differ = (a, b) => [a, b, a == null || b == null ? null : b - a];
  const rows = pair.columns.map((c) => {
    const own = sideNumbers(pair.a, pair.before, answer.a, c.a), other = sideNumbers(pair.b, pair.after, answer.b, c.b);
    return [own.token, other.token, c.change, ...differ(own.gate, other.gate), own.flow, other.flow, pair.rerouted.includes(c),
      ...names.flatMap((_, k) => differ(own.adds[k] ?? null, other.adds[k] ?? null))];
  });
  return { columns, rows };
}

function sideNumbers(row, outcome, answer, t) {
  if (t < 0) return { token: '', gate: null, flow: '', adds: [] };
  const taken = flowTaken(row.p, outcome.weights, t);
  return { token: row.p.tokens[t], gate: row.p.reading[t], flow: taken < 0 ? 'mixed' : row.p.flows[taken], adds: contributionsOf(row, outcome, answer, t) };
}

function pairRecord(pair) {
  const { columns, rows } = pairTable(pair);
  const side = (row, outcome) => ({ ...requestOf(row), ignored: [...row.view.ignored], answer: answerOf(row, outcome),
    probability: row.p.answers ? probabilityOf(row, outcome) : null, made: row.p.made });
  const given = (share) => (isNaN(share) ? null : share);
  return { sentence: pairSentence(pair), a: side(pair.a, pair.before), b: side(pair.b, pair.after),
    answers: answersOf(pair).map(({ name, a, b }) => ({ name, a: given(a), b: given(b) })),
    rows: rows.map((row) => Object.fromEntries(row.map((value, i) => [columns[i], value]))) };
}
