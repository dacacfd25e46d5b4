/** Tab "Attribute": why this prediction, why this gate, and how far that answer can be trusted. */
import type { ControlsPayload, LinkedAttribution } from '../contracts';
import { quote } from '../core/format';
import { routeKey } from '../core/replay';
import { sentence } from '../core/sentence';
import type { Trace } from '../core/trace';
import { publish } from '../page/channels';
import type { Host } from '../page/component';
import { type Subject, onScreen } from '../page/inspected';
import { type LinkState, addressWriter } from '../page/link';
import { type ChoiceEntry, offerChoice } from '../ui/choice';
import { finder, nameParts, setText } from '../ui/dom';
import { makeControls } from './controls';
import { type FaithfulPart, type MeasureAnswer, faithfulPart } from './faithful';
import type { FigurePart } from './files';
import { trackGrid } from './grid';
import { isOver, longRun } from './long_run';
import { showAgreements, showMethods } from './method_table';
import { patchPictures } from './pictures';
import { type Scale, figureRows, gateWords, readingWords } from './rows';
import { type RunAnswer, type RunContext, trackStore } from './track_store';
import { type Asked, type ShownTrack, inspectorTracks, staleWords, subjectRequest, subjectWords } from './tracks';
import { showVerdict, verdictFor } from './verdict_box';

export interface AttributeProps {
  value: ControlsPayload;
  result?: RunAnswer | null;
  measured?: MeasureAnswer | null;
}

export interface Workbench {
  /** The view in Inspect that the tab is about. */
  subject(): Subject | null;
  /** Shown for what is on screen in Inspect. */
  refresh(): void;
  resultArrived(): void;
  measuredArrived(): void;
  /** What an address asks for; it waits for the input it is about. */
  setLinked(linked: LinkedAttribution): void;
  state(): LinkState;
  /** All tracks, those of the subject first to be shown. */
  tracks(): ShownTrack[];
  figureParts(): FigurePart[];
  faithfulness: FaithfulPart;
  record(): Record<string, unknown>;
}

const SCALES: ChoiceEntry<Scale>[] = [
  ['own', 'own scale', 'every track fills its height: compare orders'],
  ['one', 'one scale', 'all tracks of a kind share one scale: compare sizes'],
];

const hasContext = ({ S, contextKind }: Trace) => S > 0 && contextKind !== 'backward';

export function makeWorkbench(root: HTMLElement, { props, trigger, server }: Host<AttributeProps>): Workbench {
  const part = finder(root, 'wb');
  const config = props.value;
  let subject: Subject | null = null;
  const store = trackStore(config);
  let scale: Scale = 'own';
  let linked: LinkedAttribution | null = null;

  const runs = longRun<RunContext>(
    (request) => trigger('run_methods', request),
    (id) => trigger('cancel_run', { id }),
    { begin: part('run'), end: part('cancel'), progress: part('progress'), status: part('status') },
  );
  const controls = makeControls(root, config, () => paint(), server);
  const grid = trackGrid(root, 'x', explainGate);
  const contextGrid = trackGrid(root, 'h');
  const faithfulness = faithfulPart(root, {
    config,
    send: (request) => trigger('measure', request),
    changed: () => paint(),
    cancel: (id) => trigger('cancel_measure', { id }),
    request,
    parameters: (method) => controls.parameters(method),
  });
  const remember = addressWriter(root, state, props.saved);

  function state(): LinkState {
    return { tab: 'attribute', ...controls.state() };
  }

  function asked({ trace, view }: Subject): Asked {
    return {
      key: trace.key,
      route: routeKey(trace, view),
      targets: controls.targets(),
      settings: (method) => controls.settings(method),
      usual: (method) => controls.usual(method),
    };
  }

  function request() {
    return { ...subjectRequest(subject!), targets: controls.targets(), ...controls.request() };
  }

  function explainGate(t: number) {
    controls.explainGateOf(t);
    setText(part('status'), `The gate of ${quote(subject!.trace.tokens[t])} is chosen: press Run.`);
    part('run').focus();
  }

  function refresh() {
    const found = onScreen();
    root.classList.toggle('empty', !found);
    if (!found) return setText(part('sentence'), 'Nothing is on screen in Inspect yet.');
    if (subject?.trace.key !== found.trace.key) store.errors = {};
    subject = found;
    const { trace, view, outcome, alone, always } = subject;
    root.dataset.ready = trace.key;
    setText(part('sentence'), sentence(trace, view, outcome, alone, always));
    setText(part('of'), subjectWords(subject));
    nameParts(root, '[data-word=x]', trace.xName);
    nameParts(root, '[data-word=h]', trace.hName);
    part('context').hidden = !hasContext(trace);
    store.add(inspectorTracks(subject));
    controls.show(subject);
    takeLink();
  }

  function takeLink() {
    if (!linked || !subject || (linked.key && linked.key !== subject.trace.key)) return;
    const { key } = subject.trace;
    const notes = controls.restore(linked);
    linked = null;
    store.keep((track) => track.key === key); // what stood here before the link's input came
    if (notes.length) publish('link-unused', { notes });
    setText(part('status'), 'Settings loaded from the link. Press Run.');
  }

  const shownTracks = (): ShownTrack[] => (subject ? store.shown(subject, asked(subject)) : []);

  /** All tracks, and those of the input on screen with the names of their answers. */
  function named(trace: Trace): { all: ShownTrack[]; here: ShownTrack[]; labels: Record<string, string> } {
    const all = shownTracks();
    const here = all.filter(({ key }) => key === trace.key);
    const labels = Object.fromEntries(here.filter(({ label }) => label).map(({ target, label }) => [target, label]));
    for (const track of here) track.label ||= labels[track.target] ?? '';
    return { all, here, labels };
  }

  function paint() {
    if (!subject) return;
    const { trace } = subject;
    const { all, here, labels } = named(trace);
    const fresh = here.filter(({ stale }) => !stale);
    const main = fresh.find(({ method }) => method !== 'exact') ?? fresh.at(0);
    const nothing = 'Nothing has been computed for this target yet: press Run.';
    setText(part('reading'), main ? readingWords(trace, main) : nothing);
    part('unsigned').hidden = here.every(({ signed }) => signed);
    grid.show({ tokens: trace.tokens, rows: figureRows(trace, here, 'x', scale), listed: false, key: trace.key });
    paintContext(trace, here);
    showMethods(part('table'), trace, all, store.errors, config);
    setText(part('gates'), gateWords(trace, fresh));
    part('two').hidden = !fresh.some(({ method }) => method === 'exact');
    const freshTargets = fresh.map(({ target }) => target);
    const agreements = store.agreements.filter(({ key, target }) => key === trace.key && freshTargets.includes(target));
    showAgreements(part('matrices'), trace, agreements, labels, config);
    part('clear').hidden = all.every(({ stale }) => !stale);
    faithfulness.show({ trace, tracks: all, asked: asked(subject) });
    const [target] = controls.targets();
    const numbers = { tracks: fresh, agreements };
    showVerdict(part('verdict'), verdictFor(trace, target, numbers, faithfulness, config));
    root.dataset.tracks = String(fresh.length);
    remember();
  }

  function paintContext(trace: Trace, here: ShownTrack[]) {
    const picture = trace.contextKind === 'image';
    part('h').parentElement!.hidden = picture;
    part('pictures').hidden = !picture;
    if (!hasContext(trace)) return;
    const rows = figureRows(trace, here, 'h', scale);
    if (picture) {
      const status = part('detail-h');
      patchPictures(part('pictures'), trace, rows, status, scale);
      setText(status, status.dataset.hint ?? '');
    } else {
      const listed = trace.contextKind === 'items';
      contextGrid.show({ tokens: trace.contextTokens, rows, listed, key: trace.key });
    }
  }

  function run() {
    if (!subject) return;
    const wanted = request();
    const methods = Object.keys(wanted.methods);
    if (!methods.length) return setText(part('status'), 'Choose at least one method.');
    store.errors = {};
    const { key, route } = asked(subject);
    const { policy, threshold, overrides } = wanted;
    const settings = Object.fromEntries(methods.map((name) => [name, controls.settings(name)]));
    runs.start(wanted, { key, route, settings, tests: controls.tests(), decision: { policy, threshold, overrides } });
  }

  /** What has come so far of the run that was asked for last. */
  function resultArrived() {
    const { result } = props;
    const origin = runs.accept(result);
    if (!origin || !result) return;
    for (const attribution of store.take(result, origin)) publish('attributed', attribution);
    paint();
    if (!isOver(result)) return;
    controls.estimate();
    if (origin.tests) faithfulness.measure();
  }

  part('run').addEventListener('click', run);
  part('clear').addEventListener('click', () => {
    if (!subject) return;
    const now = asked(subject);
    store.keep((track) => !staleWords(track, now));
    paint();
  });
  offerChoice(part('scales'), 'wb-scale', SCALES, scale, (name) => {
    scale = name;
    paint();
  });

  return {
    subject: () => subject,
    refresh,
    resultArrived,
    measuredArrived: () => faithfulness.arrived(props.measured),
    setLinked(wanted) {
      linked = wanted;
      takeLink();
    },
    state,
    tracks: shownTracks,
    figureParts() {
      const { trace } = subject!;
      const { here } = named(trace);
      const parts = [{ name: trace.xName, tokens: trace.tokens, rows: figureRows(trace, here, 'x', scale) }];
      const rows = figureRows(trace, here, 'h', scale);
      return hasContext(trace) ? [...parts, { name: trace.hName, tokens: trace.contextTokens, rows }] : parts;
    },
    faithfulness,
    record: () => ({
      tracks: shownTracks(),
      errors: store.errors,
      agreement: store.agreements,
      target: subject && controls.targets(),
      request: subject && request(),
      faithfulness: faithfulness.records(),
    }),
  };
}
