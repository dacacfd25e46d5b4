/** Tab "Thresholds": which rows are shown, and under what. A θ is answered here; the server only hands out rows. */
import type { LinkedRows, RowsPayload, ThresholdsStart } from '../contracts';
import { clip, grouped } from '../core/format';
import type { Rows } from '../core/rows/rows';
import { publish } from '../page/channels';
import type { Host } from '../page/component';
import { inspectorNode, onScreen, pinOnScreen } from '../page/inspected';
import { type Link, linkOf } from '../page/link';
import type { Figure } from '../page/plotly';
import { rowsText } from '../core/rows/format';
import { finder, nameParts, option, setText } from '../ui/dom';
import { type InputBand, inputBand } from './band';
import { changesPanel, textsNote } from './changes';
import { type ThresholdsState, type WantedState, isUpTo, readFields, stateParts, writeFields } from './fields';
import { type Loaded, OWN, type RowLoader, rowLoader } from './loading';
import { type GateView, gateView } from './gate_view';
import { KEPT, keepOwnRows, keepWhetherOwn, keptOwnRows } from './kept';
import { type OwnAnswer, ownRows } from './own';
import { rowTexts } from './row_texts';
import { type RowsView, rowsView } from './rows_view';

const GATE_TEXTS = 'Texts aren’t stored with these rows: a row is named as in its data set.';

export interface ThresholdsProps {
  value: ThresholdsStart;
  own?: OwnAnswer | null;
}

export interface ThresholdsTab {
  view: RowsView;
  gate: GateView;
  band: InputBand;
  loader: RowLoader;
  /** The rows or the curve on screen. */
  loaded(): Loaded | null;
  /** The name of what is on screen, or asked for; of a visitor's rows that of their model. */
  name(): string;
  isOwn(): boolean;
  show(loaded: Loaded): void;
  state(): ThresholdsState;
  /** Only what the state names, and what fits, changes. Settles when the rows it names are shown. */
  showState(state: WantedState): Promise<void>;
  showLinked(linked: LinkedRows): Promise<void>;
  /** The tab was opened, or Inspect shows something else meanwhile: follow it. */
  opened(): void;
  /** Another tab was opened. */
  left(): void;
  ownArrived(): void;
  /** The state as parts of an address, and the link to what is on the tab. */
  parts(): ReturnType<typeof stateParts>;
  link(): Link;
}

export function makeTab(
  root: HTMLElement,
  { props, trigger, server }: Host<ThresholdsProps>,
  remember: () => void,
): ThresholdsTab {
  const part = finder(root, 'th');
  const names = part<HTMLSelectElement>('names');
  const titles = new Map(props.value.names);
  const loader = rowLoader(server);
  let current: Loaded | null = null;
  let wanted = ''; // the checkpoint whose rows were asked for last
  let followed = ''; // the one that Inspect had when the tab was opened last
  let named = false; // a link has named the rows: then the tab must not follow Inspect when it is opened first

  const band = inputBand(root, (theta) => view.setTheta(theta));
  const changes = changesPanel(root, {
    askTexts: (ids) => void texts.fetch(ids),
    open: props.saved ? null : (id) => void texts.open(id, view.theta()),
  });
  const texts = rowTexts(loader, {
    rows: () => rows(),
    arrived: () => changes.redraw(),
    failed: (words) => setText(part('texts-note'), words),
  });
  const onTheta = (theta: number) => {
    band.theta(theta);
    gate.paint();
    remember();
  };
  const view = rowsView(root, changes, onTheta, () => gate.curve());
  const gate = gateView(root, view);
  const own = ownRows(root, {
    send: (request) => trigger('run_rows', { ...request, name: name() }),
    stop: (request) => trigger('stop_rows', request),
    onRows: (payload) => {
      keepOwnRows(payload);
      showOwn(payload);
    },
    onFailed: () => {
      if (!isOwn()) return;
      say(`These figures are still those of the ${rowsText(rows()!.N)} run before.`);
      ownOption().textContent = 'Your own rows (run before)';
    },
  });

  const rows = (): Rows | null => view.study()?.rows ?? null;
  const name = () => rows()?.name ?? gate.rows()?.payload.name ?? wanted;
  const isOwn = () => !!current && current === loader.known(OWN);

  const titleOf = (of: string) => titles.get(of) ?? of;
  const say = (words: string, again: (() => void) | null = null) => {
    setText(part('state'), words);
    part('again').hidden = !again;
    part('again').onclick = again;
  };

  async function load(next: string) {
    wanted = next;
    if (!loader.known(next)) say(`Loading the rows of ${titleOf(next)}…`);
    try {
      const loaded = await loader.load(next);
      if (next === wanted) show(loaded);
    } catch (error) {
      if (next !== wanted) return;
      say(`${titleOf(next)}: ${(error as Error).message}`, () => {
        names.value = next;
        void load(next);
      });
      if (!current) return;
      wanted = current.payload.name; // what is on screen stays there
      names.value = isOwn() ? OWN : wanted;
    }
  }

  function show(next: Loaded) {
    current = next;
    root.dataset.kind = next.kind;
    say('');
    setText(part('note'), next.payload.note);
    own.setModel(titleOf(next.payload.name));
    if (!props.saved) keepWhetherOwn(isOwn());
    describeFile();
    part('why').hidden = next.kind !== 'curve';
    if (!props.saved) part('of-figure').hidden = next.kind === 'curve' && !next.payload.figure;
    setText(part('apply'), next.kind === 'gate' ? 'Apply to Language model' : 'Apply to Inspect');
    if (next.kind !== 'rows') view.clear();
    if (next.kind !== 'gate') gate.clear();
    if (next.kind === 'curve') return showCurve(next.payload);
    if (next.kind === 'gate') {
      setText(part('texts-note'), GATE_TEXTS);
      gate.show(next.gate);
      root.dataset.ready = next.payload.name;
      return;
    }
    setText(part('texts-note'), textsNote(next.study.rows, !!props.saved));
    root.dataset.ready = next.payload.name;
    view.show(next.study);
  }

  /** A checkpoint without rows: its stored curve, and why there is no more. */
  function showCurve({ name: of, title, why, figure }: Extract<Loaded, { kind: 'curve' }>['payload']) {
    wanted = of;
    setText(part('why'), `${title}: ${why}`);
    if (figure) view.plots.curve.show(figure as unknown as Figure, `Quality by share of tokens that read, ${title}.`);
    root.dataset.ready = of;
  }

  function ownOption(): HTMLOptionElement {
    const there = [...names.options].find(({ value }) => value === OWN);
    if (there) return there;
    const node = option(OWN, '');
    names.append(node);
    return node;
  }

  function showOwn(payload: RowsPayload) {
    const loaded = loader.add(OWN, payload);
    ownOption().textContent = 'Your own rows';
    names.value = OWN;
    show(loaded);
  }

  /** The rows follow Inspect's checkpoint when the tab is opened, until a visitor chooses others. */
  function opened() {
    const shown = onScreen();
    band.show(shown);
    describeFile();
    const checkpoint = shown?.trace.checkpoint;
    if (kept && !current) {
      showOwn(kept);
      say(KEPT);
      named = true;
    }
    if (checkpoint) {
      setText(part('band-of'), titleOf(checkpoint));
      if (checkpoint !== followed && titles.has(checkpoint) && !named) {
        names.value = checkpoint;
        void load(checkpoint);
      }
      followed = checkpoint;
    }
    if (!current && !wanted) void load(names.value);
    band.theta(view.theta());
  }

  function describeFile() {
    part('with-input-label').hidden = current?.kind === 'gate' || !pinOnScreen() || !onScreen()?.trace.answers;
    const gates = 'the tokens’ gates and probabilities without their texts';
    const answers = current?.kind === 'gate' ? gates : 'the rows’ answers without their texts';
    const texts = isOwn() ? 'your rows with their texts' : answers;
    const words = `The file holds ${texts}, and opens as the tab stands now, without a server or a network.`;
    setText(part('keep-note'), words);
  }

  function state(): ThresholdsState {
    const { one, other, share, quality } = readFields(part);
    return {
      rows: isOwn() ? '' : name(),
      theta: view.theta(),
      one,
      other,
      facet: gate.group() || view.facet(),
      share,
      quality,
    };
  }

  async function showState(next: WantedState) {
    if (next.rows === OWN && kept) {
      showOwn(kept);
      say(KEPT);
      named = true;
    } else if (next.rows && titles.has(next.rows)) {
      named = true;
      names.value = next.rows;
      await load(next.rows);
      if (wanted !== next.rows) return; // another choice was made meanwhile
    }
    writeFields(part, next);
    if (!rows() && !gate.rows()) return;
    view.setFacet(next.facet ?? '');
    gate.setGroup(next.facet ?? '');
    view.choose();
    gate.choose();
    view.setTheta(isUpTo(1, next.theta) ? next.theta : view.theta());
  }

  /** A part that the address leaves out is null; θ₂ is then the slider's. */
  async function showLinked(linked: LinkedRows) {
    const checkpoint = onScreen()?.trace.checkpoint;
    const followedRows = checkpoint && titles.has(checkpoint) ? checkpoint : names.value;
    const usual = kept && (!current || isOwn()) ? OWN : followedRows;
    await showState({ ...linked, rows: linked.rows || usual, other: linked.other ?? linked.theta });
    if (linked.facet && (gate.group() || view.facet()) !== linked.facet) {
      const words = `the parts “${clip(linked.facet, 60)}” were not used: these rows have no such parts`;
      publish('link-unused', { notes: [words] });
    }
  }

  const parts = () => stateParts(state(), part<HTMLInputElement>('follow').checked);

  const kept = props.saved ? null : keptOwnRows();
  names.append(...props.value.names.map(([value, title]) => option(value, title)));
  names.addEventListener('change', () => {
    if (names.value === OWN) show(loader.known(OWN)!);
    else void load(names.value);
  });
  nameParts(root, '.th-most', grouped(props.value.most));

  return {
    view,
    gate,
    band,
    loader,
    loaded: () => current,
    name,
    isOwn,
    show,
    state,
    showState,
    showLinked,
    opened,
    left: () => (named = false),
    ownArrived: () => own.arrived(props.own),
    parts,
    /** With Inspect's view, whose θs it shows as well. */
    link() {
      const inspected = inspectorNode()?.viewLink?.() ?? { state: {}, cuts: [], left: [] };
      const left = [...inspected.left, ...(isOwn() ? ['your own rows'] : [])];
      return linkOf({ tab: 'thresholds', ...inspected.state, ...parts() }, inspected.cuts, left);
    },
  };
}
