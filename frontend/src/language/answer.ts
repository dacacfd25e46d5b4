/** The answer on screen under any decision: tiles, sentence, θ, the word pointed at, three texts. */
import type { WritingPayload, WrittenPayload } from '../contracts';
import type { HeadlinePart } from '../core/headline';
import {
  type LanguageOutcome,
  type LanguageTrace,
  type Word,
  decodeLanguage,
  firstChange,
  replayLanguage,
  wordReads,
} from '../core/language';
import { changeWords, costWords, languageHeadline, sureWords } from '../core/language_sentence';
import { usesTheta } from '../core/policies';
import type { View } from '../core/replay';
import { undoSteps } from '../inspect/undo';
import { finder, make, setText } from '../ui/dom';
import { markPolicy, offerPolicies } from '../ui/policies';
import { thetaBand } from './band';
import { paintTexts } from './texts';
import { answerTiles, leader } from './tiles';
import { tokenPanel } from './token_panel';

export interface AnswerScreen {
  trace: LanguageTrace;
  view: View;
  outcome: LanguageOutcome;
}

export interface AnswerView {
  readonly screen: AnswerScreen | null;
  show(written: WrittenPayload | null, running: boolean): void;
  decide(decision: { policy: string; threshold: number | null; overrides: [number, number][] }): void;
  /** Whether every token goes as it went when the text was written. */
  asWritten(): boolean;
  /** What the server found for drawn words. */
  serverChange(position: number): void;
}

interface Events {
  /** Another decision, once things rest. */
  changed(): void;
  point(word: Word | null): void;
  writeOn(position: number): void;
}

export function answerView(root: HTMLElement, on: Events): AnswerView {
  const dr = finder(root, 'dr');
  const lm = finder(root, 'lm');
  const slider = dr<HTMLInputElement>('slider');
  const undo = undoSteps();
  const band = thetaBand(dr);
  const tiles = answerTiles(lm('words'), flip, point);
  const panel = tokenPanel(lm, (t) => {
    pointed = t;
    panel.show(screen!.trace, screen!.view, screen!.outcome, t);
  });
  let screen: AnswerScreen | null = null;
  let written: WrittenPayload | null = null;
  let running = false;
  let pointed = 0;
  let ofServer = -1; // the first change of drawn words
  let frame = 0;
  let dragged: number | null = null;
  let first: Float64Array | null = null; // the weights of the text as it was written

  const isWritten = () => !!written?.settings;
  const isGreedy = () => isWritten() && written!.settings!.seed === null;
  const change = (): number => {
    if (!screen || !isWritten()) return -1;
    return isGreedy() ? firstChange(screen.trace, screen.outcome.rho) : ofServer;
  };
  const asWritten = () => !!screen && !!first && screen.outcome.rho.every((weight, t) => weight === first![t]);

  function show(next: WrittenPayload | null, isRunning: boolean) {
    const before = written?.payload?.key;
    written = next;
    running = isRunning;
    const payload = next?.payload ?? null;
    root.classList.toggle('lm-streaming', !!next && !payload);
    if (!payload) {
      screen = null;
      panel.hide();
      if (next?.routed) tiles.stream(next.routed.tokens, next.routed.rho);
      else lm('words').replaceChildren();
      sentence(next?.routed ? [] : running ? ['…'] : ['Type a question and a passage, then press Write.']);
      paintTexts(lm('texts'), next ?? { direct: null, routed: null, merged: null }, running);
      return;
    }
    if (!screen || before !== payload.key) load();
    else {
      texts();
      paint();
    }
  }

  function load() {
    const trace = decodeLanguage(written!.payload!);
    const { policy, threshold: theta, overrides } = trace.payload;
    const view: View = { policy, theta, overrides: new Map(overrides) };
    screen = { trace, view, outcome: replayLanguage(trace, view) };
    first = screen.outcome.rho;
    ofServer = -1;
    undo.clear();
    tiles.build(trace);
    offerPolicies(dr('policies'), 'dr-policy', trace.payload.policies, (name) => alter({ policy: name }));
    lm('notes').replaceChildren(...trace.payload.notes.map((note) => make('li', '', note)));
    lm('limits').replaceChildren(...trace.payload.limits.map((limit) => make('li', '', limit)));
    const { model, gate, revision, temperature } = trace.payload;
    setText(lm('made'), `Language model ${model}, gate ${gate}, revision ${revision}, temperature ${temperature}.`);
    const widest = trace.words.findIndex((word) => !word.special && wordReads(screen!.outcome.rho, word));
    pointed = leader(trace, trace.words[Math.max(0, widest)], screen.outcome.rho);
    texts();
    decided();
  }

  function texts() {
    const { payload, routed, direct, merged } = written!;
    // A given answer was not written; it stands beside nothing.
    const own: WritingPayload | null = routed ?? null;
    lm('texts').hidden = !own && !direct && !merged;
    const heading = lm('texts').previousElementSibling as HTMLElement;
    heading.hidden = lm('texts').hidden;
    paintTexts(lm('texts'), { routed: own, direct, merged }, running);
    setText(lm('costs'), routed?.stop && routed.tokens.length ? costWords(routed, payload!.full) : '');
  }

  /** After a change of rule, flips or θ as a whole. */
  function decided() {
    const { trace, view } = screen!;
    const active = usesTheta(view);
    slider.value = String(view.theta);
    slider.disabled = !active;
    root.classList.toggle('no-theta', !active);
    markPolicy(dr('policies'), view.policy);
    band.build(trace, view, isGreedy());
    paint();
  }

  function paint() {
    frame = 0;
    const { trace, view } = screen!;
    const outcome = replayLanguage(trace, view);
    screen!.outcome = outcome;
    setText(dr('theta-value'), view.theta.toFixed(3));
    dr('default').style.left = `${(100 * trace.payload.standard).toFixed(2)}%`;
    const at = change();
    tiles.paint(view, outcome, at);
    const around = { written: isWritten(), direct: written!.direct, merged: written!.merged, running };
    sentence(languageHeadline(trace, view, outcome, around, at));
    setText(lm('sure'), sureWords(trace, outcome));
    setText(lm('change'), at < 0 ? '' : changeWords(trace, outcome, at));
    panel.show(trace, view, outcome, pointed);
    tiles.point(trace.words.findIndex(({ from, to }) => pointed >= from && pointed < to));
    lm('on').hidden = at < 0 || running;
    dr<HTMLButtonElement>('undo').disabled = !undo.possible;
    dr<HTMLButtonElement>('reset').disabled =
      !view.overrides.size && view.theta === trace.payload.standard && view.policy === 'threshold';
  }

  let told = '';
  function sentence(parts: HeadlinePart[]) {
    const state = JSON.stringify(parts);
    if (state === told) return;
    told = state;
    const lines = parts.reduce<HeadlinePart[][]>((all, part) => {
      if (typeof part === 'string' || !all.length) all.push([part]);
      else all.at(-1)!.push(part);
      return all;
    }, []);
    lm('sentence').replaceChildren(
      ...lines.map((line) => {
        const node = make('span', 'dr-clause');
        node.append(...line.flatMap((part, k) => [k ? ' ' : '', typeof part === 'string' ? part : pill(part.answer)]));
        return node;
      }),
    );
  }

  function alter(changes: Partial<View>) {
    if (!screen) return;
    undo.keep(screen.view);
    ofServer = -1;
    Object.assign(screen.view, changes);
    decided();
    on.changed();
  }

  function flip(w: number) {
    const { trace, view, outcome } = screen!;
    const word = trace.words[w];
    const reads = wordReads(outcome.rho, word);
    const overrides = new Map(view.overrides);
    let byHand = false;
    for (let t = word.from; t < word.to; t++) byHand = overrides.delete(t) || byHand;
    const undone = replayLanguage(trace, { ...view, overrides });
    if (!byHand || wordReads(undone.rho, word) === reads)
      for (let t = word.from; t < word.to; t++) overrides.set(t, reads ? 0 : 1);
    point(w);
    alter({ overrides });
  }

  function point(w: number) {
    if (!screen) return;
    const word = screen.trace.words[w];
    pointed = leader(screen.trace, word, screen.outcome.rho);
    panel.show(screen.trace, screen.view, screen.outcome, pointed);
    tiles.point(w);
    on.point(word);
  }

  slider.addEventListener('input', () => {
    if (!screen) return;
    undo.keep({ ...screen.view, theta: dragged ?? screen.view.theta });
    dragged ??= screen.view.theta;
    screen.view.theta = Number(slider.value);
    ofServer = -1;
    frame ||= requestAnimationFrame(paint);
  });
  slider.addEventListener('change', () => {
    if (!screen) return;
    if (frame) {
      cancelAnimationFrame(frame);
      paint();
    }
    dragged = null;
    on.changed();
  });
  lm('words').addEventListener('pointerleave', () => on.point(null));
  lm('on').addEventListener('click', () => {
    const at = change();
    if (at >= 0) on.writeOn(at);
  });
  dr('undo').addEventListener('click', () => {
    const before = undo.back();
    if (!before || !screen) return;
    ofServer = -1;
    Object.assign(screen.view, before);
    decided();
    on.changed();
  });
  dr('reset').addEventListener('click', () => {
    if (screen) alter({ policy: 'threshold', theta: screen.trace.payload.standard, overrides: new Map() });
  });

  return {
    get screen() {
      return screen;
    },
    show,
    asWritten,
    decide({ policy, threshold, overrides }) {
      if (!screen) return;
      const fits = screen.trace.payload.policies.some(([name]) => name === policy);
      const inside = overrides.filter(([t]) => t < screen!.trace.T);
      Object.assign(screen.view, {
        ...(fits && { policy }),
        theta: threshold ?? screen.view.theta,
        overrides: new Map(inside),
      });
      decided();
    },
    serverChange(position) {
      ofServer = position;
      if (screen) paint();
    },
  };
}

function pill(text: string): HTMLElement {
  const node = make('span', 'dr-pill');
  const words = make('b', '', text);
  words.dir = 'auto';
  node.append(words);
  return node;
}
