/** Taking a view along: a link, tables, figures, a file that works without the page. */
import { csvOf, viewJson, viewTable } from '../core/table';
import { download, handOver } from '../page/files';
import { copyLink, linkOf, type ViewLink } from '../page/link';
import { parquetOf } from '../page/parquet';
import { type Find } from '../ui/dom';
import { pngOf } from '../ui/svg';
import type { FlowPicture } from './flow_picture';
import type { Shown } from './track_rows';

/** The end of a file's name, its content, and the type of a text. */
type File = [end: string, content: string | Blob, type?: string];

export interface Makers {
  picture: FlowPicture;
  /** The tracks as SVG. */
  tracks: (shown: Shown) => string;
  /** The view in a file of its own. */
  saved: () => Promise<Blob>;
}

const SVG_TYPE = 'image/svg+xml';

const FILES: Record<string, (shown: Shown, makers: Makers) => File | Promise<File>> = {
  csv: (shown) => ['csv', csvOf(tableOf(shown)), 'text/csv'],
  json: (shown) => {
    const { trace, view, outcome, label } = shown;
    return ['json', viewJson(trace, view, outcome, label, tableOf(shown)), 'application/json'];
  },
  parquet: (shown) => ['parquet', parquetOf(tableOf(shown))],
  'tracks-svg': (shown, { tracks }) => ['svg', tracks(shown), SVG_TYPE],
  'tracks-png': async (shown, { tracks }) => ['png', await pngOf(tracks(shown))],
  'flow-svg': (shown, { picture }) => ['flow.svg', picture.svg(shown), SVG_TYPE],
  'flow-png': async (shown, { picture }) => ['flow.png', await pngOf(picture.svg(shown))],
  html: async (_, { saved }) => ['html', await saved()],
};

const tableOf = ({ trace, outcome, label, scores }: Shown) => viewTable(trace, outcome, label, scores);

export function offerDownloads(part: Find, shown: () => Shown, link: () => ViewLink | null, makers: Makers): void {
  const copy = part('link');
  copy.addEventListener('click', () => {
    const view = link();
    if (view) copyLink(linkOf(view.state, view.cuts, view.left), copy, part<HTMLInputElement>('address'));
  });
  for (const [name, make] of Object.entries(FILES)) {
    const node = part<HTMLButtonElement>(name);
    const save = async () => {
      const now = shown();
      const [end, content, type] = await make(now, makers);
      download(`route-${now.trace.key}.${end}`, content, type);
    };
    node.addEventListener('click', () => void handOver(node, save));
  }
}
