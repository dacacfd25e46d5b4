// Settings of a run: those all methods share, and each method's own, within the limits of the table.
function settingsOf(root, config, changed) {
  const $s = (name) => root.querySelector(`.wb-${name}`);
  const baseline = $s('baseline'), granularity = $s('granularity'), seed = $s('seed'), own = $s('own');
  options(baseline, config.baselines);
  options(granularity, config.granularities);
  seed.max = config.limits.seed;
  ['own-x', 'own-h'].forEach((name) => ($s(name).maxLength = config.limits.text));
  const rows = config.methods.filter((m) => m.parameters.length).map((method) => parameterRow(method, () => later()));
  $s('parameters').replaceChildren(...rows.map((row) => row.node));
  const parameters = (name) => (rows.find((row) => row.method.name === name) || { values: () => ({}) }).values();
  const texts = () => (baseline.value === 'text' ? [$s('own-x').value, $s('own-h').value] : null);
  const shared = () => ({ baseline: baseline.value, texts: texts(), granularity: granularity.value, seed: Math.trunc(+seed.value) || 0 });
  const summary = () => {
    const { selectedOptions: [absent] } = baseline, { selectedOptions: [unit] } = granularity;
    setText($s('settings-words'), `absent words become ${absent.textContent}; one score per ${unit.value}; seed ${shared().seed}`);
  };
  const told = () => {
    own.hidden = baseline.value !== 'text';
    summary();
  };
  const later = () => {
    told();
    changed();
  };
  [baseline, granularity, seed, $s('own-x'), $s('own-h')].forEach((node) => node.addEventListener('change', later));
  own.hidden = true;
  summary();
  return {
    parameters,
    shared,
    show(p) {
      root.querySelectorAll('.wb-own [data-word=x]').forEach((n) => setText(n, p.xName));
      $s('own-context').hidden = p.contextKind !== 'text';
    },
    // As parts of an address: only what is not as usual.
    state() {
      const { baseline: absent, texts: own, granularity: unit, seed: drawn } = shared();
      return { baseline: absent === config.baselines[0][0] ? '' : absent, granularity: unit === config.granularities[0][0] ? '' : unit,
        seed: drawn ? String(drawn) : '', base_x: own ? own[0] : '', base_h: own ? own[1] : '', set: settingsText(rows) };
    },
    // What is named, and checked; whoever opens a link sees that something is set.
    restore({ baseline: absent, granularity: unit, seed: drawn, texts: own, parameters: set }) {
      for (const [node, value] of [[baseline, absent], [granularity, unit], [seed, drawn]]) if (value != null) node.value = value;
      if (own) ['own-x', 'own-h'].forEach((name, i) => ($s(name).value = own[i]));
      rows.forEach((row) => row.set(set[row.method.name] || {}));
      if (absent || unit || drawn || Object.keys(set).length) $s('settings').open = true;
      told();
    },
    // What decides how many units get a score, and with them how long a method takes.
    sides: (p) => [[p.x, p.T, true], ...(p.S && p.contextKind !== 'backward' ? [[p.h, p.S, p.contextKind === 'text']] : [])],
    messages: (found) => rows.forEach((row) => row.message(found[row.method.name])),
    key: (method) => keyOf(method, shared(), parameters(method ? method.name : '')),
    usual: (method) => keyOf(method, { baseline: config.baselines[0][0], texts: null, granularity: config.granularities[0][0], seed: 0 },
      Object.fromEntries((method ? method.parameters : []).map((parameter) => [parameter.name, parameter.default]))),
  };
}

// Only what the method's numbers depend on.
function keyOf(method, { baseline, texts, granularity, seed }, parameters) {
  return JSON.stringify([granularity, method && method.baseline ? [baseline, texts] : 0, method && method.random ? seed : 0, parameters]);
}

function parameterRow(method, changed) {
  const node = make('fieldset', 'wb-parameter'), said = make('span', 'wb-wrong');
  said.setAttribute('role', 'alert');
  const inputs = method.parameters.map((parameter) => {
    const label = make('label', 'wb-field'), input = make('input');
    input.type = 'number';
    input.min = parameter.low;
    input.max = parameter.high;
    input.step = parameter.whole ? 1 : 'any';
    input.value = parameter.default ?? '';
    input.placeholder = parameter.default == null ? 'auto' : '';
    input.title = `${parameter.help} From ${parameter.low.toLocaleString('en')} to ${parameter.high.toLocaleString('en')}.`;
    input.addEventListener('change', changed);
    label.append(make('span', '', parameter.title), input);
    return [parameter, input, label];
  });
  node.append(make('legend', '', method.title), ...inputs.map(([, , label]) => label), said);
  return {
    method,
    node,
    values: () => Object.fromEntries(inputs.map(([{ name }, input]) => [name, input.value === '' ? null : +input.value])),
    set: (values) => inputs.forEach(([{ name }, input]) => { if (name in values) input.value = values[name] ?? ''; }),
    message: (found) => setText(said, typeof found === 'string' ? found : ''),
  };
}
