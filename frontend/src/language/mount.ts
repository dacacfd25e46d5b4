/** Puts the tab "Language model" on the page: what it asks the server for, and what it hands over. */
import type {
  ChangePayload,
  LanguageExample,
  LanguageStart,
  ScoresPayload,
  SourcesPayload,
  WritingPayload,
  WrittenPayload,
} from '../contracts';
import { withoutStop } from '../core/format';
import { languageJson, languageTable } from '../core/language_files';
import { csvOf } from '../core/table';
import type { Answer, Host } from '../page/component';
import { type LanguagePin, publish, subscribe } from '../page/channels';
import { download, handOver } from '../page/files';
import { addressWriter, copyLink, linkOf } from '../page/link';
import { parquetOf } from '../page/parquet';
import { requestQueue } from '../page/requests';
import { find, finder, option, setText } from '../ui/dom';
import { recall, remember } from '../ui/remember';
import { type AnswerView, answerView } from './answer';
import { type Asked, type Drawn, makeInputs } from './inputs';
import { type Job, onlyJob } from './job';
import { languageSaver } from './saver';
import { type Linked, languageLink, languageState, readLanguageLink } from './link';
import { scoresView } from './scores';
import { sourcesView } from './sources';

export interface LanguageProps {
  value?: LanguageStart | null;
  /** JSON text of answers: written, changed, sources and scores as their payloads. */
  written?: string | null;
  changed?: string | null;
  sources?: string | null;
  scores?: string | null;
  shell?: string | null;
  /** The decision that a saved file was saved with. */
  decision?: Decision | null;
}

/** What a reload brings back. */
interface Kept {
  asked: Asked;
  drawn: Drawn;
  given: string | null;
  written: WrittenPayload | null;
  sources: SourcesPayload | null;
  decision: Decision | null;
  /** The address it belongs to. */
  ids: string;
}

interface Decision {
  policy: string;
  threshold: number | null;
  overrides: [token: number, flow: number][];
}

const parse = <Payload>(text: string | null | undefined): Answer<Payload> | null =>
  text ? (JSON.parse(text) as Answer<Payload>) : null;

/** A text as it is when a visitor stops it. */
const stopped = (text: WritingPayload | null): WritingPayload | null =>
  text && !text.stop ? { ...text, stop: 'stopped', stopWords: 'The writing was stopped.' } : text;

const FLOWS = ['direct', 'merged'];
const FEW_PARTS = 8; // sentences up to which their effects are looked for without being asked
const FEW_TOKENS = 240;
const SAID = 2000; // ms that a button says what it did
const KEPT = 'language';

/** For tests and the browser's console. */
type LanguageNode = HTMLElement & { language?: () => Record<string, unknown>; pin?: () => LanguagePin | null };

export function mountLanguage({ element, props, trigger, watch, server }: Host<LanguageProps>): void {
  const root: LanguageNode = find(element, '.lm');
  const lm = finder(root, 'lm');
  const start = props.value;
  if (!start) return;
  const stored = JSON.parse(start.examples) as LanguageExample[];
  let written: WrittenPayload | null = null;
  let found: SourcesPayload | null = null;
  let explained: ScoresPayload | null = null;

  const inputs = makeInputs(lm, start, () => stale());
  const sources = sourcesView(lm, (marks) => inputs.mark(marks), () => showSources()); // prettier-ignore
  const answer: AnswerView = answerView(root, {
    changed: () => {
      keep();
      ask.change();
    },
    point: (word) => sources.point(word),
    writeOn: (position) => write(position),
  });
  const saved = addressWriter(root, () => state());

  const writing: Job = onlyJob({
    send: (id, name, request) => trigger(name, { ...request, id }),
    cancel: () => trigger('cancel_text', {}),
    busy(words, share) {
      lm('busy').hidden = words === null;
      lm('stop').hidden = words === null;
      lm<HTMLButtonElement>('write').disabled = words !== null;
      setText(lm('busy-words'), words ?? '');
      const progress = lm<HTMLProgressElement>('progress');
      if (share === null) progress.removeAttribute('value');
      else progress.value = share;
    },
    failed: (words) => complain(words),
  });
  const searching: Job = onlyJob({
    send: (id, name, request) => trigger(name, { ...request, id }),
    cancel: () => trigger('cancel_sources', {}),
    busy(words) {
      lm('cancel').hidden = words === null;
      lm<HTMLButtonElement>('find').disabled = words !== null;
      if (words !== null) setText(lm('find-words'), words);
    },
    failed: (words) => setText(lm('find-words'), `Not done: ${withoutStop(words)}.`),
  });
  const scores = scoresView(lm, start, async (request) => server?.scores_cost?.(request));
  const explaining: Job = onlyJob({
    send: (id, name, request) => trigger(name, { ...request, id }),
    cancel: () => trigger('cancel_scores', {}),
    busy(words) {
      lm('cancel-scores').hidden = words === null;
      lm<HTMLButtonElement>('explain').disabled = words !== null;
      setText(lm('scores-words'), words ?? '');
    },
    failed: (words) => setText(lm('scores-words'), `Not done: ${withoutStop(words)}.`),
  });
  const changes = requestQueue<object>(
    (request) => trigger('find_change', request),
    (error) => complain(error),
  );

  const ask = {
    /** The first token that changes: of the likeliest words the browser knows it, of drawn ones the server. */
    change() {
      const { screen } = answer;
      if (!screen || !written?.routed || written.settings?.seed == null || writing.running) return;
      if (answer.asWritten()) return answer.serverChange(-1);
      const { ids } = written.routed;
      const settings = { seed: written.settings.seed, top_p: written.settings.topP, max_tokens: 1 };
      changes.ask({ ...texts(), ...decision(), ...settings, ids });
    },
  };

  /** The texts of the answer on screen, as requests have them. */
  function texts() {
    const { prompt, passage, model, gate, temperature } = answer.screen!.trace.payload;
    return { prompt, passage, model, gate, temperature: temperature === 1 ? null : temperature };
  }

  function decision() {
    const { view } = answer.screen!;
    const overrides = [...view.overrides].map(([t, flow]) => [t, FLOWS[flow]]);
    return { policy: view.policy, threshold: view.theta, overrides };
  }

  function complain(words: string) {
    lm('status').hidden = !words;
    setText(lm('status'), words && `${withoutStop(words)}.`);
  }

  /** position: from where the answer on screen is written on; left out: a new answer. */
  function write(position?: number) {
    complain('');
    const given = inputs.given();
    const asked = inputs.asked();
    if (position !== undefined && answer.screen) {
      const begin = answer.screen.trace.payload.given.slice(0, position);
      const overrides = decision().overrides.filter(([t]) => Number(t) <= position);
      const settings = drawnBefore();
      const before = written;
      writing.start<WrittenPayload>(
        'write_text',
        { ...texts(), ...decision(), overrides, ...settings, begin, beside: false },
        (payload) => arrived({ ...payload, direct: before?.direct ?? null, merged: before?.merged ?? null }),
      );
      return;
    }
    if (given !== null) {
      writing.start<WrittenPayload>('read_answer', { ...asked, answer: given }, (payload) => arrived(payload));
      return;
    }
    writing.start<WrittenPayload>('write_text', { ...asked, ...inputs.drawn(), beside: true }, (payload) =>
      arrived(payload),
    );
  }

  function drawnBefore() {
    const settings = written?.settings;
    if (!settings) return inputs.drawn();
    const { max_tokens } = inputs.drawn();
    return { seed: settings.seed, top_p: settings.topP, max_tokens };
  }

  function arrived(payload: WrittenPayload) {
    const fresh = payload.payload?.key !== written?.payload?.key;
    written = payload;
    if (payload.payload && fresh) {
      found = null;
      inputs.fill({ ...payload.payload, temperature: payload.payload.temperature });
    }
    show();
    if (payload.phase !== 'done') return;
    keep();
    findCheap();
  }

  /** What is on the screen of an answer, written or given. */
  function show() {
    root.classList.toggle('lm-none', !written);
    answer.show(written, writing.running);
    showSources();
    stale();
    if (written?.payload) root.dataset.ready = written.payload.key;
    root.dataset.phase = written?.phase ?? '';
  }

  function showSources() {
    sources.show(answer.screen?.trace ?? null, found);
    scores.show(answer.screen?.trace ?? null, explained);
    keep();
  }

  function stale() {
    const payload = written?.payload;
    root.classList.toggle('lm-stale', !!payload && !inputs.same(payload.prompt, payload.passage));
  }

  function look() {
    if (!answer.screen) return;
    const { payload } = answer.screen.trace;
    searching.start<SourcesPayload>(
      'find_sources',
      { ...texts(), ...decision(), ids: payload.given, by: sources.by() },
      (next) => {
        if (!next.done) return;
        found = next;
        showSources();
      },
    );
  }

  function explain() {
    if (!answer.screen) return;
    const { payload } = answer.screen.trace;
    const rule = scores.explainsEffect() ? { policy: 'merged', overrides: [] } : {};
    const request = { ...texts(), ...decision(), ...rule, ids: payload.given, ...scores.request() };
    explaining.start<ScoresPayload>('find_scores', request, (next) => {
      const others = (explained?.answerKey === next.answerKey ? explained.tracks : []).filter(
        (old) => !next.tracks.some((one) => one.method === old.method && one.target === old.target),
      );
      if (!next.done) return;
      explained = { ...next, tracks: [...next.tracks, ...others] };
      scores.show(answer.screen?.trace ?? null, explained);
    });
  }

  /** The fast first answer comes by itself where it is fast. */
  function findCheap() {
    const { screen } = answer;
    if (!screen) return;
    const { passage, tokens } = screen.trace.payload;
    const sentences = passage.split(/[.!?]\s/).length;
    if (sentences <= FEW_PARTS && passage.length / 4 + tokens.length <= FEW_TOKENS) look();
  }

  function state() {
    const { screen } = answer;
    if (!screen) return {};
    const given = inputs.given();
    const { payload } = screen.trace;
    const asked = { ...inputs.asked(), ...texts() };
    const tokens = given === null ? { ids: payload.given } : { text: payload.answer };
    return languageState(asked, inputs.drawn(), screen.view, tokens);
  }

  const kept = (): Decision => {
    const { policy, theta: threshold, overrides } = answer.screen!.view;
    return { policy, threshold, overrides: [...overrides] };
  };

  function keep() {
    if (props.saved || !answer.screen || writing.running) return;
    const { trace } = answer.screen;
    const state: Kept = {
      asked: inputs.asked(),
      drawn: inputs.drawn(),
      given: inputs.given(),
      written,
      sources: found,
      decision: kept(),
      ids: trace.payload.given.join('.'),
    };
    remember(KEPT, state);
    saved();
  }

  function restore(kept: Kept) {
    inputs.fill(kept.asked, kept.drawn, kept.given);
    written = kept.written;
    found = kept.sources;
    show();
    if (kept.decision) answer.decide(kept.decision);
  }

  /** What an address names: the tokens or the answer are read, and without them the question is answered. */
  function open({ asked, drawn, answer: text, ids, decision: wanted }: Linked) {
    inputs.fill(asked, drawn, text || null);
    const request = { ...inputs.asked(), policy: wanted.policy, threshold: wanted.threshold };
    const overrides = wanted.overrides.map(([t, flow]) => [t, FLOWS[flow]]);
    if (!ids.length && !text) return write();
    const answered = ids.length ? { ids } : { answer: text };
    const settings = ids.length ? { seed: drawn.seed ?? null, topP: drawn.top_p ?? 1, maxTokens: 48 } : null;
    writing.start<WrittenPayload>('read_answer', { ...request, overrides, ...answered }, (payload) =>
      arrived({ ...payload, settings }),
    );
  }

  function example(place: number) {
    const chosen = stored[place];
    if (!chosen) return;
    writing.stop();
    searching.stop();
    complain('');
    written = chosen.written;
    found = chosen.sources;
    const { payload, settings } = chosen.written;
    if (payload)
      inputs.fill(
        payload,
        settings && { seed: settings.seed, top_p: settings.topP, max_tokens: settings.maxTokens },
        null,
      );
    show();
  }

  watch('written', () => writing.arrived(parse<WrittenPayload>(props.written)));
  watch('sources', () => searching.arrived(parse<SourcesPayload>(props.sources)));
  watch('scores', () => explaining.arrived(parse<ScoresPayload>(props.scores)));
  watch('changed', () => {
    const result = parse<ChangePayload>(props.changed);
    if (result && changes.accepts(result) && result.error == null) answer.serverChange(result.position ?? -1);
  });

  lm('write').addEventListener('click', () => write());
  lm('stop').addEventListener('click', () => {
    const routed = written?.routed;
    const settings = written?.settings ?? null;
    const unread = writing.running && routed?.ids.length && !written?.payload;
    writing.stop();
    lm('write').focus();
    if (!unread) {
      const { direct, merged } = written ?? { direct: null, merged: null };
      if (written) written = { ...written, phase: 'done', direct: stopped(direct), merged: stopped(merged) };
      return show();
    }
    const asked = { ...inputs.asked(), ids: routed.ids };
    writing.start<WrittenPayload>('read_answer', asked, (payload) =>
      arrived({ ...payload, settings, routed: stopped(routed) }),
    );
  });
  lm('find').addEventListener('click', look);
  lm('explain').addEventListener('click', explain);
  lm('cancel-scores').addEventListener('click', () => {
    explaining.stop();
    setText(lm('scores-words'), 'Cancelled.');
  });
  lm('cancel').addEventListener('click', () => {
    searching.stop();
    setText(lm('find-words'), 'Cancelled.');
  });
  for (const box of [lm('prompt'), lm('passage'), lm('given')])
    box.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !writing.running) write();
    });

  const examples = lm<HTMLSelectElement>('examples');
  examples.replaceChildren(...stored.map(({ caption }, i) => option(i, caption)));
  examples.hidden = !stored.length;
  examples.addEventListener('change', () => example(Number(examples.value)));
  lm('missing').hidden = !start.missing;
  setText(lm('missing'), start.missing);

  const saver = languageSaver((request) => trigger('shell', request));
  watch('shell', () => saver.arrived(parse(props.shell)));
  const files: Record<string, () => unknown> = {
    html: async () => download(`${name()}.html`, await saver.file({ written, sources: found, decision: kept() })),
    csv: () => download(`${name()}.csv`, csvOf(table()), 'text/csv'),
    parquet: () => download(`${name()}.parquet`, parquetOf(table())),
    json: () => download(`${name()}.json`, json(), 'application/json'),
  };
  const name = () => `answer-${answer.screen!.trace.payload.key}`;
  const table = () => languageTable(answer.screen!.trace, answer.screen!.outcome);
  const json = () => {
    const { trace, view, outcome } = answer.screen!;
    const beside = { settings: written?.settings, direct: written?.direct, merged: written?.merged };
    return languageJson(trace, view, outcome, {
      ...beside,
      routed: written?.routed,
      sources: found,
      attributions: explained?.tracks,
    });
  };
  for (const [kind, save] of Object.entries(files)) {
    const node = lm<HTMLButtonElement>(kind);
    node.addEventListener('click', () => answer.screen && void handOver(node, save));
  }
  const link = find(root, '.dr-link');
  link.addEventListener('click', () => {
    if (!answer.screen) return;
    const shown = languageLink(state());
    copyLink(linkOf(shown.state, shown.cuts, shown.left), link, find<HTMLInputElement>(root, '.dr-address'));
  });

  const linked = props.saved ? null : readLanguageLink(new URLSearchParams(location.search));
  const before = props.saved ? null : recall<Kept>(KEPT);
  const sameAddress =
    !linked || (before?.written && before.asked.prompt === linked.asked.prompt && before.ids === linked.ids.join('.'));
  if (before?.written && sameAddress) restore(before);
  else if (linked) {
    show();
    open(linked);
  } else if (stored.length) {
    example(0);
    if (props.decision) answer.decide(props.decision);
  } else show();

  root.pin = () => {
    if (!answer.screen) return null;
    const { trace, view } = answer.screen;
    return { payload: trace.payload, view: { ...view, overrides: [...view.overrides] } };
  };
  const pin = lm('pin');
  pin.addEventListener('click', () => {
    const kept = root.pin!();
    if (!kept) return;
    publish('language-pin', kept);
    setText(pin, 'Pinned');
    setTimeout(() => setText(pin, 'Pin for comparison'), SAID);
  });
  root.language = () => ({ written, sources: found, view: answer.screen?.view, outcome: answer.screen?.outcome });
  subscribe('language-theta', ({ theta, gate }) => {
    const of = answer.screen?.trace.payload.gate;
    if (of !== gate) return complain(`θ = ${theta} is of the gate ${gate}; the answer on screen is of another one`);
    answer.decide({ ...kept(), policy: 'threshold', threshold: theta });
    keep();
  });
}
