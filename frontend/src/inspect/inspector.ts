/** Tab "Inspect": one input, every token's route, under any decision. */
import type { FileParts, TaskChoice, TracePayload, Written as WrittenPayload } from '../contracts';
import { quote } from '../core/format';
import { usesTheta } from '../core/policies';
import { contextScale, tokenScale } from '../core/reading';
import { lookedAt } from '../core/readouts';
import { type View, namedOverrides, otherFlow, replay } from '../core/replay';
import { tokenWords } from '../core/sentence';
import { startOf } from '../core/spans';
import { type Trace, decodeWritten } from '../core/trace';
import { flippedOverrides, wordReads } from '../core/words';
import type { Pin } from '../page/channels';
import type { Answer, Host } from '../page/component';
import { keepInEntry } from '../page/history';
import { writeAddress } from '../page/link';
import { afterPaint, finder, setText } from '../ui/dom';
import { markPolicy, offerPolicies } from '../ui/policies';
import { type AttributionAnswer, attributionPanel } from './attributions';
import { contextTrack } from './context_track';
import { type FlowPicture, flowPicture } from './flow_picture';
import { outcomeTable, thetaStrip } from './outcome';
import { headlinePainter } from './headline';
import type { Opened } from './opening';
import { passage } from './passage';
import { pictureTrack } from './picture';
import { tokenTrack } from './token_track';
import type { Shown } from './track_rows';
import { type Screen, dressRoot, screenOf } from './screen';
import { stage } from './stage';
import { undoSteps } from './undo';
import { type SelectedView, viewState } from './view_link';
import type { Viewed } from './visits';
import { type Rewritten, writtenText } from './written';

export interface InspectProps {
  value?: TracePayload | Record<string, never> | null;
  /** What can be chosen; in a saved file nothing. */
  tasks?: TaskChoice[];
  viewed?: Viewed | null;
  /** What the address names. */
  opened?: Opened | null;
  attribution?: AttributionAnswer | null;
  rewritten?: Rewritten | null;
  shell?: Answer<FileParts> | null;
  /** Whether the page asks the server itself, see `page/own_host.ts`; then it also paints the first window first. */
  direct?: Record<string, string>;
}

export interface Inspector {
  /** null while nothing is on screen. */
  screen(): Screen | null;
  /** The view with the answer that is explained and its attribution. */
  shown(): Shown;
  pin(): Pin;
  picture: FlowPicture;
  /** Another decision or selection. */
  change(changes: Partial<SelectedView>): void;
  /** The same from elsewhere, so the slider has to follow. */
  apply(changes: Partial<View> & { theta: number }): void;
  /** Another input; null for none. */
  load(payload: TracePayload | null): void;
  /** Write what is on screen into the address and the history. */
  remember(): void;
  attributionArrived(answer: AttributionAnswer | null | undefined): void;
  rewrittenArrived(): void;
}

const REST = 140; // ms without a change until what takes longer than a frame is drawn

export function makeInspector(root: HTMLElement, { props, trigger }: Host<InspectProps>): Inspector {
  const part = finder(root, 'dr');
  const slider = part<HTMLInputElement>('slider');
  const table = outcomeTable(root, (c) => change({ label: screen!.view.label === c ? null : c }));
  const strip = thetaStrip(root);
  const picture = flowPicture(root);
  const select = (t: number) => change({ token: screen!.view.token === t ? -1 : t });
  const tokens = tokenTrack(root, part('x'), select, flip);
  const wholeText = passage(root, select);
  const contextTokens = contextTrack(part('h'));
  const patches = pictureTrack(root);
  const context = () => (screen?.trace.contextKind === 'image' ? patches : contextTokens);
  const attributions = attributionPanel(root, () => [tokens, context()], (request) => trigger('attribute', request)); // prettier-ignore
  const undo = undoSteps();
  const first = stage(root, ({ from, to }) => flipAll(from, to));
  const headline = headlinePainter(part('sentence'));
  const toggle = (n: number) => choosePiece(screen!.trace.piece === n ? -1 : n);
  const written = writtenText(
    root,
    toggle,
    (request) => trigger('rewrite', request),
    rewritten,
    (failed) => {
      screen!.failed = failed;
      headline.paint(screen!, first.words());
    },
  );

  let screen: Screen | null = null;
  let frame = 0;
  let resting: ReturnType<typeof setTimeout>;
  let painted = ''; // the weights on screen
  let dragged: number | null = null; // θ before the drag under way
  let unlaid: (() => void) | null = null; // builds the details of what is on screen
  let late: AttributionAnswer | null | undefined; // came before the details
  let windowed = false; // the first window shows what is to be painted

  function load(payload: TracePayload | null) {
    root.classList.toggle('dr-empty', !payload); // a task without examples, before the first run
    if (!payload) return setText(part('sentence'), 'Open “Edit text” and type your own.');
    screen = screenOf(payload);
    const { trace, view } = screen;
    undo.clear();
    slider.value = String(view.theta);
    painted = '';
    late = null;
    windowed = false;
    dressRoot(root, part, trace);
    first.build(trace);
    const lay = () => {
      if (unlaid === lay) layDetails();
    };
    unlaid = lay;
    if (!props.direct || !trace.answers) return lay();
    attributions.leave();
    decidedWindow();
    paintTheta();
    paintWindow();
    windowed = true;
    root.dataset.shown = trace.key;
    afterPaint(lay);
  }

  /** Below the first window: what a visitor scrolls to. Whatever needs it before its time builds it at once. */
  function layDetails() {
    unlaid = null;
    const { trace, view, outcome } = screen!;
    dress(trace);
    root.dataset.shown = root.dataset.ready = trace.key;
    written.build(trace, view);
    decided();
    if (trace.readout === 'span') tokens.show(startOf(trace, outcome.best));
    if (!trace.answers) choosePiece(-1);
    attributions.newInput(trace, view);
    attributionArrived(props.attribution);
    if (late) attributionArrived(late);
  }

  function remember() {
    if (props.saved || !screen) return; // a file's address names the file
    const { trace, view } = screen;
    const { policy, theta: threshold, label, token } = view;
    writeAddress(viewState(trace, view));
    keepInEntry({
      decision: { policy, threshold, overrides: namedOverrides(trace, view.overrides) },
      shown: { ...(label !== null && { label }), ...(token >= 0 && { token }) },
    });
  }

  /** What depends on the input alone, but for the first window. */
  function dress(trace: Trace) {
    offerPolicies(part('policies'), 'dr-policy', trace.policies, (policy) => change({ policy }));
    table.build(trace);
    tokens.build(trace);
    wholeText.build(trace);
    context().build(trace);
  }

  function change(changes: Partial<SelectedView>) {
    if (!screen) return;
    unlaid?.();
    if (changes.overrides ?? changes.policy) undo.keep(screen.view);
    Object.assign(screen.view, changes);
    decided();
    written.follow(screen.view, screen.outcome);
    remember();
  }

  function flip(t: number) {
    const { trace, view, outcome } = screen!;
    const overrides = new Map(view.overrides);
    if (!overrides.delete(t)) overrides.set(t, otherFlow(trace, outcome.weights, t));
    change({ token: t, overrides });
  }

  /** All pieces of a word the other way; again, and they go as they went before. */
  function flipAll(from: number, to: number) {
    const { trace, view, outcome } = screen!;
    const reads = wordReads(outcome, { text: '', from, to });
    let overrides = new Map(view.overrides);
    let byHand = false;
    for (let t = from; t < to; t++) byHand = overrides.delete(t) || byHand;
    const undone = replay(trace, { ...view, overrides });
    // Taking a flip back may leave the word as it is, where θ has moved meanwhile.
    if (!byHand || wordReads(undone, { text: '', from, to }) === reads)
      overrides = flippedOverrides(trace, view, reads, { text: '', from, to });
    change({ overrides });
  }

  function offerSteps() {
    const { trace, view } = screen!;
    const standard = trace.standard ?? trace.threshold;
    part<HTMLButtonElement>('undo').disabled = !undo.possible;
    part<HTMLButtonElement>('reset').disabled =
      !view.overrides.size && view.theta === standard && view.policy === 'threshold';
    part('default').style.left = `${(100 * standard).toFixed(2)}%`;
  }

  /** A decision as a whole, from elsewhere than the slider. */
  function decide(decision: Pick<View, 'policy' | 'theta' | 'overrides'>) {
    unlaid?.();
    slider.value = String(decision.theta);
    Object.assign(screen!.view, decision);
    decided();
    written.follow(screen!.view, screen!.outcome);
    remember();
  }

  /** A written piece shows where it looked: among the tokens, and through them in the context. */
  function choosePiece(n: number) {
    const { trace } = screen!;
    trace.piece = n;
    written.select(n);
    tokens.looked(trace.tokens.map((_, t) => lookedAt(trace, n, t)));
    painted = '';
    paint();
  }

  /** A text that was written for a decision; the slider may stand elsewhere by now. */
  function rewritten(payload: WrittenPayload, { policy, theta, overrides }: View) {
    const { trace } = screen!;
    const decision = { policy, threshold: theta, overrides: [...overrides] };
    screen!.payload = { ...screen!.payload, ...decision, written: payload };
    Object.assign(trace, { ...decision, written: decodeWritten(payload) });
    trace.cache.tracedWeights = undefined;
    trace.cache.contextScales.clear();
    choosePiece(-1);
  }

  /** Everything that depends on more than θ: after a change of policy, flips, label or selection. */
  function decided() {
    const { view } = screen!;
    if (!windowed) decidedWindow();
    markPolicy(part('policies'), view.policy);
    tokens.select(view.token);
    wholeText.select(view.token);
    painted = '';
    paint();
  }

  function decidedWindow() {
    const { trace, view } = screen!;
    const active = usesTheta(view);
    slider.disabled = !active;
    root.classList.toggle('no-theta', !active);
    offerSteps();
    strip.paint(trace, view, active);
  }

  function paintTheta() {
    const { theta } = screen!.view;
    part('theta-value').textContent = theta.toFixed(3);
    strip.giveWay(theta);
  }

  /** It measures what stands on the page, so it comes when all else is written. */
  function paintWindow() {
    headline.paint(screen!, first.words());
    first.paint(screen!.view, screen!.outcome);
  }

  /** One frame. While θ is dragged most frames change no token's route: then only the line moves. */
  function paint() {
    frame = 0;
    if (unlaid) return unlaid(); // it paints all
    const { trace, view, alone, always } = screen!;
    paintTheta();
    tokens.paintTheta(view.theta, !slider.disabled);
    const outcome = replay(trace, view);
    screen!.outcome = outcome;
    const weights = outcome.weights.join();
    if (weights === painted) return;
    painted = weights;
    const label = view.label ?? outcome.best;
    if (trace.answers) table.paint([outcome, alone, always], label);
    tokens.paint(view, outcome, label, tokenScale(trace));
    wholeText.paint(outcome);
    wholeText.marks([outcome.best, alone.best, always.best]);
    context().paint(trace, outcome.rho, label, view.token, contextScale(trace, label));
    describe(label);
    attributions.follow(trace, outcome, label);
    if (!windowed) paintWindow();
    windowed = false;
    picture.paint({ trace, outcome, label });
    clearTimeout(resting);
    resting = setTimeout(atRest, REST);
  }

  /** What takes longer than a frame waits until nothing moves any more. */
  function atRest() {
    if (unlaid) return;
    context().describe(screen!.trace);
    picture.rest();
  }

  function describe(label: number) {
    const { trace, view, outcome } = screen!;
    const token = view.token < 0 ? null : trace.tokens[view.token];
    const { hint, rerun } = part('detail').dataset;
    const numbers = token === null ? null : tokenWords(trace, view, outcome, view.token, label);
    setText(part('detail'), token === null ? ((trace.answers ? hint : rerun) ?? '') : `${quote(token)}: ${numbers}`);
    tokens.names(trace.nameOf(label));
    context().names(trace, trace.nameOf(label), token);
  }

  function attributionArrived(answer: AttributionAnswer | null | undefined) {
    if (unlaid) {
      late = answer;
      return;
    }
    attributions.arrived(screen?.trace ?? null, answer);
    if (screen) attributions.follow(screen.trace, screen.outcome, screen.view.label ?? screen.outcome.best);
  }

  function shown(): Shown {
    unlaid?.();
    const { trace, view, outcome } = screen!;
    return { trace, view, outcome, label: view.label ?? outcome.best, scores: attributions.current(trace) };
  }

  function moved() {
    if (!screen) return;
    unlaid?.();
    undo.keep({ ...screen.view, theta: dragged ?? screen.view.theta });
    dragged ??= screen.view.theta;
    screen.view.theta = Number(slider.value);
    frame ||= requestAnimationFrame(paint);
  }

  function released() {
    if (frame) {
      cancelAnimationFrame(frame);
      paint();
    }
    dragged = null;
    offerSteps();
    written.follow(screen!.view, screen!.outcome);
    remember();
  }

  slider.addEventListener('input', moved);
  slider.addEventListener('change', released);
  part('undo').addEventListener('click', () => {
    const before = undo.back();
    if (before) decide(before);
  });
  part('reset').addEventListener('click', () => {
    const { trace, view } = screen!;
    undo.keep(view);
    decide({ policy: 'threshold', theta: trace.standard ?? trace.threshold, overrides: new Map() });
  });

  return {
    screen: () => screen,
    shown,
    pin() {
      const { payload, view } = screen!;
      return { payload, view: { policy: view.policy, theta: view.theta, overrides: [...view.overrides] } };
    },
    picture,
    change,
    apply(changes) {
      slider.value = String(changes.theta);
      change({ ...changes, ...(screen && { policy: changes.policy ?? screen.view.policy }) });
    },
    load,
    remember,
    attributionArrived,
    rewrittenArrived() {
      unlaid?.();
      written.arrived(props.rewritten);
    },
  };
}
