/** Other words, or another router: what the model has to run again. */
import type { Choice, RetracePayload, TracePayload } from '../contracts';
import type { Answer } from '../page/component';
import { requestOf } from '../page/inspected';
import { requestQueue } from '../page/requests';
import { finder, nameParts, option, setText } from '../ui/dom';
import { type Row, type Snapshot, snapshot } from './rows';

type Request = Omit<ReturnType<typeof requestOf>, 'policy' | 'threshold'> & {
  policy: string | null;
  threshold: number | null;
};

/** What an answer is made from: the row as it was, and whether it becomes a new row or the draft's own text. */
export interface Origin {
  parent: Snapshot;
  id: string;
  then: 'row' | 'draft';
}

export interface EditPanel {
  build(row: Row): void;
  /** Run with other words. */
  run(x: string): void;
  /** Write the draft's text for its own route. */
  rewrite(): void;
  arrived(answer: Answer<RetracePayload> | null | undefined): void;
}

export function editPanel(
  root: HTMLElement,
  choices: Choice[],
  options: {
    current: () => Row;
    onRow: (payload: TracePayload, origin: Origin) => void;
    send: (request: Request) => void;
  },
): EditPanel {
  const { current, onRow, send } = options;
  const part = finder(root, 'cmp');
  const status = part('status');
  const x = part<HTMLTextAreaElement>('text-x');
  const h = part<HTMLTextAreaElement>('text-h');
  const where = part<HTMLSelectElement>('checkpoint');
  let origin: Origin | null = null; // of the request in flight
  const queue = requestQueue<Request>(send, (error) => setText(status, `No new row: ${error}`));
  const shape = () => {
    const kind = choices.find(({ name }) => name === where.value)?.context ?? current().trace.contextKind;
    part('h-label').hidden = ['image', 'backward'].includes(kind);
  };
  const ask = (changes: Partial<Request>, then: Origin['then'] = 'row') => {
    origin = { parent: snapshot(current()), id: current().id, then };
    setText(status, 'The model is running …');
    queue.ask(changedRequest(current(), changes));
  };
  where.replaceChildren(...choices.map(({ name, title }) => option(name, title)));
  where.addEventListener('change', shape);
  part('run').addEventListener('click', () =>
    ask({ checkpoint: where.value, x: x.value, h: part('h-label').hidden ? '' : h.value }),
  );
  return {
    build({ trace }) {
      if (![...where.options].some(({ value }) => value === trace.checkpoint))
        where.append(option(trace.checkpoint, trace.checkpoint));
      where.value = trace.checkpoint;
      x.value = trace.x;
      h.value = trace.h;
      setText(part('x'), trace.xName);
      nameParts(root, '.cmp-h', trace.hName);
      shape();
    },
    run: (text) => ask({ x: text }),
    rewrite: () => ask({}, 'draft'),
    arrived(answer) {
      if (!answer || !queue.accepts(answer) || answer.error != null || !origin) return;
      setText(status, '');
      onRow(answer.payload, origin);
    },
  };
}

/**
 * The decision stays for the same router; its flips follow their words when the answer is here, but for a text that is
 * written, which needs them now. A picture stays with what can see it.
 */
function changedRequest({ trace, view }: Row, changes: Partial<Request>): Request {
  const request: Request = { ...requestOf(trace, view), ...changes };
  if (request.checkpoint !== trace.checkpoint)
    return { ...request, image: '', policy: null, threshold: null, overrides: [] };
  const sameText = !trace.answers && request.x === trace.x;
  return { ...request, overrides: sameText ? request.overrides : [] };
}
