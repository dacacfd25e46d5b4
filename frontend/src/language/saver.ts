/** The answer on screen as a file that works without a server: the page's own scripts with the numbers that are here. */
import type { FileParts, LanguageStart, SourcesPayload, WrittenPayload } from '../contracts';
import type { Answer } from '../page/component';
import { fileOf } from '../page/files';
import { requestQueue } from '../page/requests';

const PATIENCE = 30_000; // ms

export interface SavedAnswer {
  written: WrittenPayload | null;
  sources: SourcesPayload | null;
  decision?: { policy: string; threshold: number | null; overrides: [number, number][] } | null;
}

export interface LanguageSaver {
  arrived(answer: Answer<FileParts> | null): void;
  file(saved: SavedAnswer): Promise<Blob>;
}

export function languageSaver(send: (request: object) => void): LanguageSaver {
  let parts: FileParts['parts'] | null = null;
  let waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const settle = (error?: string) => {
    for (const { resolve, reject } of waiting) {
      if (error) reject(new Error(error));
      else resolve();
    }
    waiting = [];
  };
  const queue = requestQueue<object>(send, (error) => settle(error), PATIENCE);
  return {
    arrived(answer) {
      if (!answer || !queue.accepts(answer) || answer.error != null) return;
      ({ parts } = answer);
      settle();
    },
    async file(saved) {
      if (!parts)
        await new Promise<void>((resolve, reject) => {
          waiting.push({ resolve, reject });
          queue.ask({});
        });
      return fileOf(parts!, saved);
    },
  };
}

/** What a saved file begins with: its one answer, and nothing that could be asked for. */
export const savedStart = ({ written, sources }: SavedAnswer): LanguageStart => ({
  models: [],
  gates: [],
  gate: '',
  free: false,
  missing: '',
  examples: JSON.stringify([{ caption: '', written, sources }]),
  methods: [],
  mostTokens: 1,
});
