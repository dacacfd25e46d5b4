/** Rows that have come: a checkpoint's, asked for once, or a visitor's own. */
import type { CurvePayload, GateRowsPayload, RowInput, RowTexts, RowsPayload } from '../contracts';
import { type GateRows, decodeGateRows } from '../core/rows/gate_rows';
import { type Rows, decodeRows } from '../core/rows/rows';
import { answered } from '../ui/patience';
import { type Study, makeStudy } from './study';

/** The name of a visitor's own rows. */
export const OWN = 'your own rows';

export type AnyRows = RowsPayload | GateRowsPayload | CurvePayload;

/** Rows of a checkpoint or of a language model's gate, or the stored curve of a checkpoint that has none. */
export type Loaded =
  | { kind: 'rows'; study: Study; payload: RowsPayload }
  | { kind: 'gate'; gate: GateRows; payload: GateRowsPayload }
  | { kind: 'curve'; payload: CurvePayload };

type Server = Record<string, ((...data: unknown[]) => Promise<unknown>) | undefined>;

export interface RowLoader {
  known(name: string): Loaded | undefined;
  add(name: string, payload: AnyRows): Loaded;
  /** Asks at most once; who asks again meanwhile waits for the same answer. Raises an Error with the server's words. */
  load(name: string): Promise<Loaded>;
  /** Texts of rows, as far as the server has them. */
  texts(rows: Rows, ids: string[]): Promise<Record<string, RowTexts | undefined>>;
  /** One row with its picture. */
  input(rows: Rows, id: string): Promise<RowInput>;
  /** The parts of a file with rows. */
  fileParts(): Promise<[string, string, string]>;
}

export function rowLoader(server: Server | undefined): RowLoader {
  const loaded = new Map<string, Loaded>();
  const coming = new Map<string, Promise<Loaded>>();

  const call = <Result>(name: string, data: unknown): Promise<Result> =>
    answered(server?.[name]?.(data) as Promise<Result> | undefined);
  const loader: RowLoader = {
    known: (name) => loaded.get(name),
    add(name, payload) {
      const entry = loadedOf(payload);
      loaded.set(name, entry);
      return entry;
    },
    async load(name) {
      const known = loaded.get(name);
      if (known) return known;
      const asked = coming.get(name);
      if (asked) return asked;
      const answer = call<AnyRows>('load_rows', name)
        .then((payload) => loaded.get(name) ?? loader.add(name, payload))
        .finally(() => coming.delete(name));
      coming.set(name, answer);
      return answer;
    },
    texts: ({ name }, ids) => call('texts_of', { name, ids }),
    input: ({ name }, id) => call('row_of', { name, id }),
    fileParts: async () => (await call<{ parts: [string, string, string] }>('file_parts', '')).parts,
  };
  return loader;
}

function loadedOf(payload: AnyRows): Loaded {
  if (payload.kind === 'rows') return { kind: 'rows', study: makeStudy(decodeRows(payload)), payload };
  return payload.kind === 'gate'
    ? { kind: 'gate', gate: decodeGateRows(payload), payload }
    : { kind: 'curve', payload };
}
