// Two thresholds: how many rows change, and which.
const KINDS = {
  worse: 'right → wrong', better: 'wrong → right', other: 'another answer, as good',
};
const GRADED = { worse: 'worse', better: 'better', other: 'another answer, as good' };
const PAGE = 25;

function changesPanel(root, ask) {
  const $ = (name) => root.querySelector(`.th-${name}`);
  let rows = null, kinds = null, kind = 'worse', shown = PAGE, states = [];
  const words = () => (rows.scores ? GRADED : KINDS);
  const paint = () => {
    $('kinds').replaceChildren(...Object.keys(KINDS).map((name) => {
      const b = button('th-kind', `${words()[name]}: ${count(kinds[name].length)}`);
      b.setAttribute('role', 'radio');
      b.setAttribute('aria-checked', kind === name);
      b.dataset.kind = name;
      b.addEventListener('click', () => { kind = name; shown = PAGE; paint(); });
      return b;
    }), make('span', 'th-hint', `same answer: ${count(kinds.same)}`));
    roving($('kinds'), [...$('kinds').querySelectorAll('button')].map((b) => [b]));
    const list = kinds[kind].slice(0, shown);
    $('changed').replaceChildren(list.length ? changedTable(rows, list, states, ask.open) : make('p', 'th-hint', 'No row changes like this.'));
    $('more').hidden = shown >= kinds[kind].length;
    setText($('more'), `Show ${Math.min(PAGE, kinds[kind].length - shown)} more of ${count(kinds[kind].length)}`);
    const missing = rows.atHand ? list.map((r) => rows.ids[r]).filter((id) => !rows.texts[id]) : [];
    if (missing.length) ask.texts(missing);
  };
  $('more').addEventListener('click', () => { shown += PAGE; paint(); });
  return {
    show(next, before, after) {
      if (rows !== next) { kind = 'worse'; }
      rows = next;
      shown = PAGE;
      states = [before, after];
      kinds = changesOf(rows, before, after);
      paint();
    },
    again: () => kinds && paint(),
  };
}

function changedTable(rows, list, [before, after], open) {
  const texts = list.some((r) => rows.texts[rows.ids[r]]);
  const opens = texts && !props.saved; // a file has no Inspect
  const head = ['row', ...(opens ? [''] : []), ...(texts ? ['text'] : []), 'tokens', ...(rows.spans ? [] : ['label']), 'answer at θ₁', 'answer at θ₂', 'tokens merged'];
  return tableOf(head, list.map((r) => {
    const held = rows.texts[rows.ids[r]], read = (states) => readIn(rows, r, states[r]);
    const cells = [rows.ids[r] || `row ${r + 1}`];
    if (opens) cells.push(held && !held.missing ? openButton(rows.ids[r], open) : '');
    if (texts) cells.push(held ? clip(held.x, 160) : '');
    cells.push(String(rows.lengths[r]));
    if (!rows.spans) cells.push(rows.labels[rows.right[r]]);
    cells.push(answerText(rows, before[r]), answerText(rows, after[r]), `${read(before)} → ${read(after)}`);
    return { cells };
  }), 'Rows that change');
}

function openButton(id, open) {
  const node = button('th-small', 'Open in Inspect');
  node.addEventListener('click', () => open(id));
  return node;
}

// What is answered in a state, and how sure it is; of a span also its grade.
function answerText(rows, state) {
  const sure = `${percent(confidenceIn(rows, state))} sure`;
  return `${answerName(rows, state)} (${rows.spans ? `${(100 * scoreOf(rows, 0, state)).toFixed(0)}, ` : ''}${sure})`;
}

const confidenceIn = (rows, state) => rows.confidence[state] / 65535;

// A span's code has its first token above twelve bits and its last below; see rows/states.py.
function answerName(rows, state) {
  const answer = rows.answers[state];
  if (!rows.spans) return rows.labels[answer];
  const first = answer >> 12, last = answer & 4095;
  return first === last ? `token ${first + 1}` : `tokens ${first + 1}–${last + 1}`;
}
