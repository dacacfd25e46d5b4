/**
 * The view on screen as a file that works without a server: the page's own scripts, which the server hands out as text,
 * with the numbers that are here already. What was typed does not leave the browser for it.
 */
import type { AttributionPayload, FileParts, Selection } from '../contracts';
import type { Pin } from '../page/channels';
import type { Answer } from '../page/component';
import { fileOf } from '../page/files';
import { requestQueue } from '../page/requests';

const PATIENCE = 30_000;

type Parts = FileParts['parts'];

export interface SavedView {
  payload: Pin['payload'];
  attribution: AttributionPayload | null;
  ignored: number[];
}

export interface FileSaver {
  arrived(answer: Answer<FileParts> | null | undefined): void;
  /** views: one or two. */
  file(views: SavedView[]): Promise<Blob>;
}

interface Waiting {
  pair: boolean;
  resolve: (parts: Parts) => void;
  reject: (error: Error) => void;
}

export function fileSaver(send: (request: { pair: boolean }) => void): FileSaver {
  const known = new Map<boolean, Parts>(); // of the file with one view, and with two
  let waiting: Waiting[] = [];
  const settle = (error?: string) => {
    const settled = waiting.filter(({ pair }) => error || known.has(pair));
    waiting = waiting.filter((request) => !settled.includes(request));
    for (const { pair, resolve, reject } of settled) {
      if (error) reject(new Error(error));
      else resolve(known.get(pair)!);
    }
  };
  const queue = requestQueue<{ pair: boolean }>(send, settle, PATIENCE);
  const partsOf = (pair: boolean) =>
    new Promise<Parts>((resolve, reject) => {
      const parts = known.get(pair);
      if (parts) return resolve(parts);
      const asked = waiting.some((request) => request.pair === pair);
      waiting.push({ pair, resolve, reject });
      if (!asked) queue.ask({ pair });
    });
  return {
    arrived(answer) {
      if (!answer) return;
      if (answer.error == null) known.set(!!answer.pair, answer.parts);
      queue.accepts(answer);
      settle();
    },
    file: async (views) => fileOf(await partsOf(views.length > 1), { views }),
  };
}

/** A pinned view as a saved one: the payload opens with the decision, the answer and the token that were on screen. */
export function savedView(
  { payload, view }: Pin,
  attribution: AttributionPayload | null = null,
  shown: { label?: number | null; token?: number } = {},
): SavedView {
  const decision = {
    policy: view.policy,
    threshold: view.theta,
    overrides: view.overrides,
    attributed: !!attribution,
    shown: shown as Selection,
  };
  return {
    payload: { ...payload, ...decision },
    attribution: attribution && { ...attribution, id: undefined },
    ignored: view.ignored ?? [],
  };
}
