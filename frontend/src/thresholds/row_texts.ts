/** Texts of evaluation rows, as far as the server has them: asked for by id, and opened in Inspect. */
import type { RowText, Rows } from '../core/rows/rows';
import { publish } from '../page/channels';
import type { RowLoader } from './loading';

interface Options {
  rows: () => Rows | null;
  /** Texts of the rows on screen have come. */
  arrived: () => void;
  failed: (words: string) => void;
}

export interface RowTextsPart {
  fetch(ids: string[]): Promise<void>;
  open(id: string, theta: number): Promise<void>;
}

const MISSING: RowText = { x: '(not in the data folder)', h: '', missing: true };

export function rowTexts(loader: RowLoader, { rows, arrived, failed }: Options): RowTextsPart {
  return {
    async fetch(ids) {
      const of = rows();
      if (!of) return;
      try {
        const found = await loader.texts(of, ids);
        for (const id of ids) if (!(id in of.texts)) of.texts[id] = found[id] ?? MISSING;
        if (of === rows()) arrived();
      } catch (error) {
        if (of === rows()) failed(`The texts did not come: ${(error as Error).message}`);
      }
    },
    async open(id, threshold) {
      const of = rows()!;
      try {
        const { x, h, image } = of.atHand ? await loader.input(of, id) : { ...of.texts[id], image: '' };
        // A visitor's rows bear the name of the checkpoint that they were run with.
        publish('open', { checkpoint: of.name, x, h, image, policy: 'threshold', threshold });
      } catch (error) {
        failed((error as Error).message);
      }
    },
  };
}
