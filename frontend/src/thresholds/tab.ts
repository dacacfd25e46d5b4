/** Tab "Thresholds": which rows are shown, and under what. A θ is answered here; the server only hands out rows. */
import type { LinkedRows, RowsPayload, ThresholdsStart } from '../contracts';
import { clip, grouped } from '../core/format';
import { type Rows, type RowText } from '../core/rows/rows';
import { publish } from '../page/channels';
import type { Host } from '../page/component';
import { inspectorNode, onScreen, pinOnScreen } from '../page/inspected';
import { type Link, linkOf } from '../page/link';
import type { Figure } from '../page/plotly';
import { finder, nameParts, option, setText } from '../ui/dom';
import { type InputBand, inputBand } from './band';
import { changesPanel } from './changes';
import { type ThresholdsState, type WantedState, isUpTo, readFields, stateParts, writeFields } from './fields';
import { type Loaded, OWN, type RowLoader, rowLoader } from './loading';
import { type OwnAnswer, ownRows } from './own';
import { type RowsView, rowsView } from './rows_view';

export interface ThresholdsProps {
  value: ThresholdsStart;
  own?: OwnAnswer | null;
}

export interface ThresholdsTab {
  view: RowsView;
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
  /** The tab was opened: follow Inspect. */
  opened(): void;
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
    askTexts: (ids) => void fetchTexts(ids),
    open: props.saved ? null : (id) => void openRow(id),
  });
  const view = rowsView(root, changes, (theta) => {
    band.theta(theta);
    remember();
  });
  const own = ownRows(root, {
    send: (request) => trigger('run_rows', { ...request, name: name() }),
    stop: (request) => trigger('stop_rows', request),
    onRows: showOwn,
  });

  const rows = (): Rows | null => view.study()?.rows ?? null;
  const name = () => rows()?.name ?? wanted;
  const isOwn = () => !!current && current === loader.known(OWN);

  async function load(next: string) {
    wanted = next;
    if (!loader.known(next)) setText(part('state'), 'Loading the rows…');
    try {
      const loaded = await loader.load(next);
      if (next === wanted) show(loaded);
    } catch (error) {
      if (next === wanted) setText(part('state'), (error as Error).message);
    }
  }

  function show(next: Loaded) {
    current = next;
    root.dataset.kind = next.kind;
    setText(part('state'), '');
    setText(part('note'), next.payload.note);
    own.setModel(titles.get(next.payload.name) ?? next.payload.name);
    describeFile();
    if (next.kind === 'curve') return showCurve(next.payload);
    setText(part('texts-note'), textsNote(next.study.rows, !!props.saved));
    root.dataset.ready = next.payload.name;
    view.show(next.study);
  }

  /** A checkpoint without rows: its stored curve, and why there is no more. */
  function showCurve({ name: of, title, why, figure }: Extract<Loaded, { kind: 'curve' }>['payload']) {
    view.clear();
    wanted = of;
    setText(part('answer'), `${title}: ${why}`);
    view.plots.curve.show(figure as unknown as Figure, `Quality by share of tokens merged, ${title}.`);
    root.dataset.ready = of;
  }

  async function fetchTexts(ids: string[]) {
    const of = rows();
    if (!of) return;
    const found = await loader.texts(of, ids);
    const missing: RowText = { x: '(not in the data folder)', h: '', missing: true };
    for (const id of ids) if (!(id in of.texts)) of.texts[id] = found[id] ?? missing;
    if (of === rows()) changes.redraw();
  }

  async function openRow(id: string) {
    const of = rows()!;
    try {
      const input = of.atHand ? await loader.input(of, id) : { ...of.texts[id], image: '' };
      const { x, h, image } = input;
      // A visitor's rows bear the name of the checkpoint that they were run with.
      publish('open', { checkpoint: of.name, x, h, image, policy: 'threshold', threshold: view.theta() });
    } catch (error) {
      setText(part('state'), (error as Error).message);
    }
  }

  function showOwn(payload: RowsPayload) {
    const loaded = loader.add(OWN, payload);
    if (![...names.options].some(({ value }) => value === OWN)) names.append(option(OWN, 'Your own rows'));
    names.value = OWN;
    show(loaded);
  }

  /** The rows follow Inspect's checkpoint when the tab is opened, until a visitor chooses others. */
  function opened() {
    const shown = onScreen();
    band.show(shown);
    describeFile();
    const checkpoint = shown?.trace.checkpoint;
    if (checkpoint) {
      setText(part('band-of'), titles.get(checkpoint) ?? checkpoint);
      if (checkpoint !== followed && titles.has(checkpoint) && !named) {
        names.value = checkpoint;
        void load(checkpoint);
      }
      followed = checkpoint;
    }
    named = false;
    if (!current && !wanted) void load(names.value);
    band.theta(view.theta());
  }

  function describeFile() {
    part('with-input-label').hidden = !pinOnScreen() || !onScreen()?.trace.answers;
    const texts = isOwn() ? 'your rows with their texts' : 'the rows’ answers without their texts';
    const words = `The file holds ${texts}, and opens as the tab stands now, without a server or a network.`;
    setText(part('keep-note'), words);
  }

  function state(): ThresholdsState {
    const { one, other, share, quality } = readFields(part);
    return { rows: isOwn() ? '' : name(), theta: view.theta(), one, other, facet: view.facet(), share, quality };
  }

  async function showState(next: WantedState) {
    if (next.rows && titles.has(next.rows)) {
      named = !root.getClientRects().length || !current; // not yet opened
      names.value = next.rows;
      await load(next.rows);
      if (wanted !== next.rows) return; // another choice was made meanwhile
    }
    writeFields(part, next);
    if (!rows()) return;
    view.setFacet(next.facet ?? '');
    view.choose();
    view.setTheta(isUpTo(1, next.theta) ? next.theta : view.theta());
  }

  /** A part that the address leaves out is null; θ₂ is then the slider's. */
  async function showLinked(linked: LinkedRows) {
    const checkpoint = onScreen()?.trace.checkpoint;
    const usual = checkpoint && titles.has(checkpoint) ? checkpoint : names.value;
    await showState({ ...linked, rows: linked.rows || usual, other: linked.other ?? linked.theta });
    if (linked.facet && view.facet() !== linked.facet) {
      const words = `the parts “${clip(linked.facet, 60)}” were not used: these rows have no such parts`;
      publish('link-unused', { notes: [words] });
    }
  }

  const parts = () => stateParts(state(), part<HTMLInputElement>('follow').checked);

  names.append(...props.value.names.map(([value, title]) => option(value, title)));
  names.addEventListener('change', () => {
    if (names.value === OWN) show(loader.known(OWN)!);
    else void load(names.value);
  });
  nameParts(root, '.th-most', grouped(props.value.most));

  return {
    view,
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

function textsNote({ texts, atHand }: Rows, saved: boolean): string {
  if (saved || (Object.keys(texts).length && !atHand)) return '';
  return atHand
    ? 'The texts are read from the data folder this server was started with.'
    : 'Data sets are not passed on with this page, so their texts are not shown. Whoever has them starts it with ' +
        '“serve --data FOLDER”: then rows open in Inspect.';
}
