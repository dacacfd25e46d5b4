// What is asked for: target, methods and their settings. Built from the table of methods and from the input on screen.
function workbenchControls(root, config, changed, server) {
  const $c = (name) => root.querySelector(`.wb-${name}`);
  const kind = $c('kind'), fields = ['label', 'other', 'from', 'to', 'step'];
  const methods = methodChoice(root, config.methods, () => later());
  const settings = settingsOf(root, config, () => later());
  let p = null, kinds = [], followed = true, cost = 0, pending = 0;
  const values = () => Object.fromEntries(fields.map((name) => [name, $c(name).value]));
  const fill = () => {
    options($c('label'), p.readout === 'classification' ? p.labels.map((name) => [name, name]) : []);
    options($c('other'), p.readout === 'classification' ? p.labels.map((name) => [name, name]) : []);
    const places = p.tokens.map((token, t) => [t, `${t + 1} ${clip(token, 18)}`]);
    options($c('from'), places);
    options($c('to'), places);
    options($c('step'), p.written ? p.written.tokens.map((token, n) => [n, `${n + 1} ${clip(token, 18)}`]) : []);
  };
  const shownFields = () => {
    const used = (kinds.find(([name]) => name === kind.value) || kinds[0])[2];
    fields.forEach((name) => ($c(name).hidden = !used.includes(name)));
    $c('against').hidden = !used.includes('other');
    $c('until').hidden = !used.includes('to');
    $c('beside').hidden = kind.value === 'gate';
    methods.serve(isGate(kind.value) ? 'gate' : 'score');
  };
  // The answer on screen, until the visitor chooses another one.
  const follow = ({ view, outcome }) => {
    const answer = view.label ?? outcome.best;
    if (p.readout === 'classification') {
      $c('label').value = p.nameOf(answer);
      const rest = [...p.labels.keys()].filter((c) => c !== answer).sort((a, b) => outcome.logits[b] - outcome.logits[a]);
      if (rest.length) $c('other').value = p.nameOf(rest[0]);
    } else if (p.readout === 'span') [['from', startOf(p, answer)], ['to', endOf(p, answer)]].forEach(([name, t]) => ($c(name).value = t));
  };
  const later = () => {
    shownFields();
    changed();
    clearTimeout(cost);
    cost = setTimeout(ask, 120);
  };
  const ask = async () => {
    const asked = ++pending, chosen = methods.all(settings.parameters);
    const request = { granularity: settings.shared().granularity, sides: settings.sides(p), methods: chosen };
    const found = server && (await server.estimate(request).catch(() => null)); // a run would say what is wrong
    if (found && asked === pending) { methods.costs(found); settings.messages(found); }
  };
  kind.addEventListener('change', () => { followed = false; later(); });
  fields.forEach((name) => $c(name).addEventListener('change', () => { followed = false; later(); }));
  $c('gate-too').addEventListener('change', later);
  return {
    // The input or the route on screen may be another one.
    show(subject) {
      const other = !p || p.key !== subject.payload.key, before = p && p.readout;
      p = subject.payload;
      if (other) {
        kinds = targetKinds(p).filter(([name]) => name !== 'margin' || p.readout !== 'classification' || p.C > 1);
        options(kind, kinds.map(([name, words]) => [name, words]), before === p.readout ? kind.value : kinds[0][0]);
        if (!/^(prediction|gate|margin|effect)$/.test(kind.value)) kind.value = kinds[0][0];
        fill();
        followed = true;
        settings.show(p);
      }
      if (followed) follow(subject);
      shownFields();
      later();
    },
    target: () => TARGET_NAMES[kind.value](p, values()),
    targets() {
      const main = this.target();
      return kind.value === 'gate' || !$c('gate-too').checked ? [main] : [main, 'gate'];
    },
    explainGateOf(t) {
      kind.value = 'gate-token';
      $c('from').value = t;
      followed = false;
      later();
    },
    // As parts of an address; the answer on screen needs none, the view's own names it.
    state() {
      return { explain: followed ? '' : this.target(), beside: $c('gate-too').checked ? '' : 'no',
        methods: methods.chosen().map(({ name }) => name).join(','), ...settings.state() };
    },
    // What an address asks for, checked; gives back what of it does not fit the input, in words.
    restore({ target, beside, methods: names, ...shared }) {
      if (names) methods.choose(names);
      $c('gate-too').checked = beside;
      settings.restore(shared);
      const fits = !target || this.explain(target);
      later();
      return fits ? [] : [`the target “${clip(target, 60)}” was not used: it does not fit what is on screen`];
    },
    // Whether there is such a target here; then it is chosen.
    explain(target) {
      const { kind: wanted, fields: values } = targetParts(p, target), entries = Object.entries(values);
      const named = TARGET_NAMES[wanted] && kinds.some(([name]) => name === wanted) && TARGET_NAMES[wanted](p, values);
      if (named !== target || !entries.every(([name, value]) => hasOption($c(name), value))) return false;
      kind.value = wanted;
      entries.forEach(([name, value]) => ($c(name).value = value));
      followed = false;
      return true;
    },
    chosen: () => methods.chosen(),
    parameters: settings.parameters,
    request: () => ({ methods: methods.picked(settings.parameters), ...settings.shared() }),
    // What a track's numbers depend on besides target and route, as one text; `usual`: with nothing set.
    settings: (name) => settings.key(config.methods.find((m) => m.name === name)),
    usual: (name) => settings.usual(config.methods.find((m) => m.name === name)),
  };
}

function options(select, entries, value) {
  const before = value ?? select.value;
  select.replaceChildren(...entries.map(([name, words]) => {
    const option = make('option', '', words);
    option.value = name;
    return option;
  }));
  if (entries.some(([name]) => String(name) === String(before))) select.value = before;
}

// cost: rows through the model [forward, backward], or what is wrong with a method's settings.
function costWords(cost) {
  if (!Array.isArray(cost)) return cost ? '!' : '';
  const passes = cost[0] + cost[1];
  return passes ? `about ${passes.toLocaleString('en')} ${passes === 1 ? 'pass' : 'passes'}` : 'free';
}

const USUAL_METHODS = ['exact', 'integrated_gradients'];

function methodChoice(root, methods, changed) {
  const box = root.querySelector('.wb-methods'), total = root.querySelector('.wb-total');
  const rows = methods.map((method) => {
    const label = make('label', 'wb-method'), input = make('input'), cost = make('small', 'wb-cost');
    input.type = 'checkbox';
    input.value = method.name;
    input.checked = USUAL_METHODS.includes(method.name);
    label.append(input, make('b', '', method.title), cost, make('small', 'wb-trust', method.trust));
    label.title = method.source;
    input.addEventListener('change', changed);
    return { method, input, cost, label };
  });
  box.replaceChildren(...rows.map((row) => row.label));
  const params = (list, parameters) => Object.fromEntries(list.map(({ method }) => [method.name, parameters(method.name)]));
  const chosen = () => rows.filter((row) => row.input.checked && !row.input.disabled);
  return {
    chosen: () => chosen().map((row) => row.method),
    choose: (names) => rows.forEach(({ method, input }) => (input.checked = names.includes(method.name))),
    picked: (parameters) => params(chosen(), parameters),
    all: (parameters) => params(rows, parameters),
    // Only those that can explain what is asked for: exact contributions know no gate.
    serve: (side) => rows.forEach(({ method, input }) => (input.disabled = !method.targets.includes(side))),
    costs(found) {
      rows.forEach(({ method, cost }) => setText(cost, costWords(found[method.name])));
      const passes = chosen().map(({ method }) => found[method.name]).filter(Array.isArray).reduce((sum, [there, back]) => sum + there + back, 0);
      setText(total, passes ? `The chosen methods take about ${passes.toLocaleString('en')} passes through the model for each thing explained, forward and backward.` : '');
    },
  };
}
