// What is chosen on the tab as parts of an address, and back; dualroute/app/url_state/settings.py reads and checks them.
// The target alone is checked here, against what is on screen.
const TARGET_FIELDS = {
  label: (detail) => ({ label: detail }),
  places: (detail) => ({ from: detail.split('-')[0], to: detail.split('-')[1] }),
  place: (detail) => ({ from: detail }),
  step: (detail) => ({ step: detail.replace('step:', '') }),
  none: () => ({}),
};

// The kind and the fields of a target's name: TARGET_NAMES the other way round.
function targetParts(p, target) {
  const [head, ...more] = target.split(':'), detail = more.join(':');
  const kind = head === 'gate' && detail ? (detail.includes('-') ? 'gate-tokens' : 'gate-token') : detail.startsWith('step:') ? 'step' : head;
  if (kind === 'margin' && p.readout === 'classification') return { kind, fields: marginFields(p, detail) };
  const read = !detail ? 'none' : kind === 'step' ? 'step' : ['gate-token', 'start', 'end'].includes(kind) ? 'place'
    : kind === 'gate-tokens' || p.readout === 'span' ? 'places' : 'label';
  return { kind, fields: TARGET_FIELDS[read](detail) };
}

// Two of the labels; a label may hold the bar that parts them.
function marginFields(p, detail) {
  const label = p.labels.find((name) => detail.startsWith(`${name}|`) && p.labels.includes(detail.slice(name.length + 1)));
  return label == null ? {} : { label, other: detail.slice(label.length + 1) };
}

const hasOption = (select, value) => [...select.options].some((option) => option.value === String(value));

// `method.parameter:64,…` of what is not as usual.
function settingsText(rows) {
  return rows.flatMap(({ method, values }) => {
    const set = values();
    return method.parameters.filter(({ name, default: usual }) => set[name] !== (usual ?? null))
      .map(({ name }) => `${method.name}.${name}:${set[name] ?? ''}`);
  }).join(',');
}

// The link to what is on the tab: Inspect's view, which it is about, and what is chosen here.
function workbenchLink(state) {
  const found = document.querySelector('#inspector .dr')?.viewLink?.();
  if (!found) return null;
  const texts = [['the baseline’s texts', ({ base_x, base_h }) => (base_x || base_h) && { base_x: '', base_h: '' }]];
  const cuts = found.cuts.map(([words, cut]) => [words, (now) => withoutTarget(cut(now))]);
  return linkOf({ tab: 'attribute', ...found.state, ...state }, [...texts, ...cuts], found.left);
}

// A target may number the tokens of a text that is left out.
const withoutTarget = (parts) => (parts && 'x' in parts ? { ...parts, explain: '' } : parts);
