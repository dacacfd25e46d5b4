/** Puts the inspector on the page: what it asks the server, what other tabs ask of it, and what it hands over. */
import type { AttributionPayload, TracePayload } from '../contracts';
import { isTheta } from '../core/policies';
import { replay } from '../core/replay';
import { openTab, publish, requestedView, sameInput, subscribe } from '../page/channels';
import type { Host } from '../page/component';
import { download, flashLabel, handOver } from '../page/files';
import type { Inspected, InspectorNode } from '../page/inspected';
import { addressTab } from '../page/history';
import { keepPin } from '../page/kept_views';
import { find, finder } from '../ui/dom';
import { attributionStore } from './attribution_store';
import { choices, rememberDetails } from './choices';
import { offerDownloads } from './downloads';
import { type InspectProps, type Inspector, makeInspector } from './inspector';
import { opening } from './opening';
import { fileSaver, savedView } from './saver';
import { trackFigure } from './track_figure';
import { viewLink } from './view_link';

export function mountInspect(host: Host<InspectProps>): void {
  const root = find(host.element, '.dr');
  const part = finder(root, 'dr');
  const { props, trigger, watch } = host;
  const inspector = makeInspector(root, host);
  const attributions = attributionStore();
  const tasks = props.tasks ?? [];
  const saver = fileSaver((request) => trigger('shell', request));

  /** What the page begins with needs no words in the address. */
  function showFirst(payload: TracePayload | null, attribution: AttributionPayload | null = null): void {
    if (payload) choose.complete(payload);
    inspector.load(payload);
    if (attribution) inspector.attributionArrived(attribution);
    choose.follow(payload);
    begin.shown();
  }
  function show(payload: TracePayload | null, attribution: AttributionPayload | null = null): void {
    showFirst(payload, attribution);
    inspector.remember();
  }
  const first = () => showFirst(shownValue(props));
  const attributed = () => {
    inspector.attributionArrived(props.attribution);
    if (props.attribution && props.attribution.error == null) attributions.add(props.attribution, true);
  };
  const screen = () => inspector.screen();
  const choose = choices(part, tasks, !!props.saved, {
    show,
    send: trigger,
    decide: (view) => inspector.apply(view),
    remember: () => inspector.remember(),
    nothing: first,
    screen,
  });
  const begin = opening(root, part, choose, {
    first,
    show: ({ payload, attribution }) => show(payload, attribution),
    screen,
  });
  // The framework reports a value also where another property came.
  let given = shownValue(props)?.key;
  watch('value', () => {
    const payload = shownValue(props);
    if (payload?.key !== given) show(payload);
    given = payload?.key;
  });
  watch('opened', () => begin.opened(props.opened));
  watch('viewed', () => choose.arrived(props.viewed));
  watch('attribution', attributed);
  watch('rewritten', () => inspector.rewrittenArrived());
  watch('shell', () => saver.arrived(props.shell));

  offerDownloads(
    part,
    () => inspector.shown(),
    () => linkOf(inspector),
    {
      picture: inspector.picture,
      tracks: (shown) => {
        const { alone, always } = inspector.screen()!;
        return trackFigure(shown, alone, always, getComputedStyle(root));
      },
      saved: () => {
        const { view, scores } = inspector.shown();
        const { label, token } = view as typeof view & { label: number | null; token: number };
        return saver.file([savedView(inspector.pin(), scores, { label, token })]);
      },
    },
  );
  part('pin').addEventListener('click', ({ currentTarget }) => {
    const node = currentTarget as HTMLElement;
    if (root.querySelector('.waiting')) return flashLabel(node, 'Wait for the new text');
    const pin = inspector.pin();
    const kept = keepPin(pin);
    publish('pin', pin);
    flashLabel(node, kept ? 'Pinned: see Compare' : 'Pinned, but too large to outlive a reload');
  });

  // A view another tab asks for. The input on screen needs no server; any other one is traced, and both inputs follow.
  subscribe('open', (request) => {
    const trace = inspector.screen()?.trace ?? null;
    const view = sameInput(trace, request) && requestedView(trace, request);
    if (view) inspector.apply(view);
    else {
      const visit = { kind: 'view' as const, ...request };
      if (addressTab() === 'inspect') choose.go(visit);
      else choose.open({ visit }); // the other tab makes the next entry of the history
    }
    openTab('Inspect');
  });
  subscribe('theta', ({ theta, policy }) => {
    const screen = inspector.screen();
    if (!screen) return;
    const chosen = policy ?? screen.view.policy;
    if (isTheta(theta) && screen.trace.policies.some(([name]) => name === chosen))
      inspector.apply({ theta, policy: chosen });
  });
  subscribe('save', ({ pins, button }) => {
    const name = `compare-${pins.map(({ payload }) => payload.key).join('-')}.html`;
    const views = () => pins.map((pin) => savedView(pin, attributions.of(pin)));
    void handOver(button, async () => download(name, await saver.file(views())));
  });
  subscribe('attributed', (attribution) => attributions.add(attribution));

  if (props.saved) first();
  else begin.begin();
  rememberDetails(part<HTMLDetailsElement>('details'));
  if (props.attribution && props.attribution.error == null) attributions.add(props.attribution, true);
  offer(root, inspector);
}

const shownValue = ({ value }: InspectProps): TracePayload | null => (value?.tokens ? (value as TracePayload) : null);

const linkOf = (inspector: Inspector) => {
  const screen = inspector.screen();
  return screen && viewLink(screen.trace, screen.view);
};

/** For other tabs, tests and the browser's console. */
function offer(root: InspectorNode, inspector: Inspector): void {
  root.inspect = (): Inspected => {
    const screen = inspector.screen();
    if (!screen) return NOTHING;
    const { trace, view, outcome, alone, always } = screen;
    const attribution = inspector.shown().scores;
    return { view: { ...view, overrides: [...view.overrides] }, outcome, payload: trace, attribution, alone, always };
  };
  root.pin = () => inspector.pin();
  root.viewLink = () => linkOf(inspector);
  root.whatIf = (changes) => {
    const { trace, view } = inspector.screen()!;
    return replay(trace, { ...view, ...changes });
  };
}

const NOTHING: Inspected = {
  view: { policy: '', theta: 0, overrides: [], label: null, token: -1 },
  outcome: null,
  payload: null,
  attribution: null,
  alone: null,
  always: null,
};
