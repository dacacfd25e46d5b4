/** Two views of answers of language models in tab "Compare": chosen from the pins, B with a rule of its own. */
import { clip, percent, plainToken, points, thetaText } from '../core/format';
import {
  type LanguagePair,
  compareLanguage,
  greedy,
  languagePairSentence,
  languagePairTable,
} from '../core/language_pair';
import { shown } from '../core/language_sentence';
import { usesTheta } from '../core/policies';
import type { View } from '../core/replay';
import { csvOf, records } from '../core/table';
import { subscribe } from '../page/channels';
import { download } from '../page/files';
import { parquetOf } from '../page/parquet';
import { button, finder, make, press, scopedCell, setText } from '../ui/dom';
import { markPolicy, offerPolicies } from '../ui/policies';
import { type LanguageRow, keepPins, keptPins, languageNode, pinOf, rowOf } from './language_pins';
import type { SideName } from './row_list';

const SCREEN = 'on screen';

export function mountLanguagePair(root: HTMLElement): void {
  const part = finder(root, 'cml');
  const slider = part<HTMLInputElement>('slider');
  let pins: LanguageRow[] = [];
  let screen: LanguageRow | null = null;
  let chosen = { a: '', b: '' };
  let view: View | null = null; // of B, where it was changed here
  let pair: LanguagePair | null = null;
  let frame = 0;
  let number = 0;

  const rows = () => [...pins, ...(screen ? [screen] : [])];
  const find = (name: string) => rows().find((row) => row.name === name) ?? null;

  function add(pin: Parameters<typeof rowOf>[1]) {
    pins.push(rowOf(`view ${++number}`, pin));
  }

  /** What is on screen in the tab is a row without being pinned. */
  function follow() {
    const pin = languageNode()?.pin?.() ?? null;
    screen = pin && rowOf(SCREEN, pin);
    show();
  }

  function show() {
    const all = rows();
    root.dataset.language = all.length > 1 ? 'pair' : all.length ? 'one' : 'none';
    part('box').hidden = !pins.length;
    if (!find(chosen.a)) chosen.a = all[0]?.name ?? '';
    if (!find(chosen.b) || chosen.b === chosen.a) chosen.b = all.findLast(({ name }) => name !== chosen.a)?.name ?? '';
    part('rows').replaceChildren(...all.map(line));
    view = null;
    const b = find(chosen.b);
    part('pair').hidden = !b;
    if (!b) return setText(part('state'), 'Pin a second answer, or show another one in Language model.');
    setText(part('state'), '');
    offerPolicies(part('policies'), 'cmp-policy', b.trace.payload.policies, (policy) => edited({ policy }));
    paint();
  }

  function line(row: LanguageRow): HTMLElement {
    const node = make('tr');
    const choice = (side: SideName) => {
      const mark = button(`cmp-choose ${side}`, side.toUpperCase());
      press(mark, chosen[side] === row.name);
      mark.setAttribute('aria-label', `${row.name} as ${side.toUpperCase()}`);
      mark.addEventListener('click', () => {
        if (chosen[side === 'a' ? 'b' : 'a'] === row.name) chosen = { a: chosen.b, b: chosen.a };
        else chosen[side] = row.name;
        show();
      });
      const cell = make('td', 'cmp-mark');
      cell.append(mark);
      return cell;
    };
    const { prompt, passage, answer, gate } = row.payload;
    const title = row.payload.policies.find(([name]) => name === row.view.policy)?.[1] ?? row.view.policy;
    const rule = usesTheta(row.view) ? `${title}, θ = ${thetaText(row.view.theta)}` : title;
    const flips = row.view.overrides.size ? `, ${row.view.overrides.size} flipped` : '';
    const texts = [prompt, passage, answer].map((text) => make('td', '', clip(text, 60)));
    for (const cell of texts) cell.dir = 'auto';
    const actions = make('td');
    if (row !== screen) {
      const remove = button('cml-remove', 'Remove');
      remove.addEventListener('click', () => {
        pins = pins.filter((other) => other !== row);
        keep();
        show();
      });
      actions.append(remove);
    }
    node.append(choice('a'), choice('b'), scopedCell(row.name, 'row'), ...texts, make('td', '', gate), make('td', '', rule + flips), actions); // prettier-ignore
    return node;
  }

  function edited(changes: Partial<View>) {
    const b = find(chosen.b)!;
    view = { ...(view ?? b.view), ...changes };
    frame ||= requestAnimationFrame(paint);
  }

  function paint() {
    frame = 0;
    const [a, b] = [find(chosen.a), find(chosen.b)];
    if (!a || !b) return;
    pair = compareLanguage(a, { trace: b.trace, view: view ?? b.view });
    const { policy, theta } = pair.b.view;
    slider.value = String(theta);
    slider.disabled = !usesTheta(pair.b.view);
    setText(part('theta'), thetaText(theta));
    markPolicy(part('policies'), policy);
    part('own').hidden = !view;
    setText(part('sentence'), languagePairSentence(pair));
    part('tokens').replaceChildren(...pair.columns.map((_, i) => tokenLine(pair!, i)));
    root.dataset.pair = `${a.name} ${b.name} ${theta}`;
  }

  function tokenLine(of: LanguagePair, i: number): HTMLElement {
    const { a, b, before, after, columns } = of;
    const column = columns[i];
    const node = make('tr', column.change);
    const sides = [
      { side: a, outcome: before, t: column.a },
      { side: b, outcome: after, t: column.b },
    ];
    const per = (text: (place: (typeof sides)[number]) => string) =>
      sides.map((place) => make('td', '', place.t < 0 ? '' : text(place)));
    const [tokenA, tokenB] = per(({ side, t }) => shown(plainToken(side.trace.payload.tokens[t])));
    for (const cell of [tokenA, tokenB]) cell.dir = 'auto';
    const reads = per(({ outcome: { rho }, t }) => (rho[t] === 0 ? 'no' : rho[t] > 0.999 ? 'yes' : percent(rho[t])));
    sides.forEach(({ outcome, t }, s) => (reads[s].dataset.reads = String(t >= 0 && outcome.rho[t] > 0)));
    const both = column.a >= 0 && column.b >= 0;
    const change = both ? points(after.probs[column.b] - before.probs[column.a]) : '';
    const words = per(({ side, outcome, t }) => shown(greedy(side, outcome, t).word));
    node.classList.toggle('rerouted', of.rerouted.includes(column));
    words.forEach((cell) => cell.classList.toggle('differs', of.rechosen.includes(column)));
    node.append(
      tokenA,
      tokenB,
      ...per(({ side, t }) => side.trace.reading[t].toFixed(2)),
      ...reads,
      ...per(({ outcome, t }) => percent(outcome.probs[t])),
      make('td', '', change),
      ...words,
    );
    if (column.b >= 0) {
      reads[1].replaceChildren(flipButton(column.b, reads[1].textContent));
    }
    return node;
  }

  function flipButton(t: number, text: string): HTMLElement {
    const node = button('cml-flip', text);
    node.title = 'Send this token of B the other way';
    node.addEventListener('click', () => {
      const { after, b } = pair!;
      const overrides = new Map(b.view.overrides);
      if (!overrides.delete(t)) overrides.set(t, after.rho[t] > 0 ? 0 : 1);
      edited({ overrides });
    });
    return node;
  }

  const keep = () => keepPins(pins.map(pinOf));

  slider.addEventListener('input', () => edited({ theta: Number(slider.value) }));
  part('own').addEventListener('click', () => {
    const b = find(chosen.b)!;
    add(pinOf({ ...b, view: pair!.b.view }));
    chosen.b = pins.at(-1)!.name;
    keep();
    show();
  });
  const files: Record<string, () => void> = {
    csv: () => download('compare-answers.csv', csvOf(languagePairTable(pair!)), 'text/csv'),
    parquet: () => download('compare-answers.parquet', parquetOf(languagePairTable(pair!))),
    json: () => download('compare-answers.json', jsonOf(pair!), 'application/json'),
  };
  for (const [name, save] of Object.entries(files)) part(name).addEventListener('click', save);
  keptPins().forEach(add);
  subscribe('language-pin', (pin) => {
    add(pin);
    chosen = { a: '', b: '' };
    keep();
    follow();
  });
  new IntersectionObserver(([{ isIntersecting }]) => {
    if (isIntersecting) follow();
  }).observe(root);
  show();
}

function jsonOf(pair: LanguagePair): string {
  const side = ({ trace: { payload }, view }: LanguagePair['a'], nats: number) => ({
    ...{ model: payload.model, gate: payload.gate, prompt: payload.prompt, passage: payload.passage },
    ...{
      answer: payload.answer,
      policy: view.policy,
      threshold: view.theta,
      overrides: [...view.overrides],
      nll: nats,
    },
  });
  const [a, b] = [side(pair.a, pair.nats[0]), side(pair.b, pair.nats[1])];
  return JSON.stringify({ a, b, tokens: records(languagePairTable(pair)) }, null, 1);
}
