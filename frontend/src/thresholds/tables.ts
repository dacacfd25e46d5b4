/** Tables of text and nodes. Text enters through textContent. */
import { grouped } from '../core/format';
import { boundsText, differenceText, qualityText, shareText } from '../core/rows/format';
import { partIntervals } from '../core/rows/intervals';
import { measure } from '../core/rows/measure';
import type { Facet } from '../core/rows/rows';
import { make, scopedCell, scrollable, table } from '../ui/dom';
import type { Study } from './study';

export interface Line {
  cells: (string | Node)[];
  strong?: boolean;
}

export function textTable(head: string[], lines: Line[], label: string): HTMLElement {
  const scroll = scrollable('th-scroll', label);
  const rows = lines.map(({ cells: [name, ...cells], strong }) => {
    const row = make('tr', strong ? 'strong' : '');
    row.append(scopedCell(name, 'row'), ...cells.map(filledCell));
    return row;
  });
  const heads = head.map((title) => scopedCell(title, 'col'));
  scroll.append(table('', heads, rows));
  return scroll;
}

function filledCell(content: string | Node): HTMLElement {
  const cell = make('td');
  cell.append(content);
  return cell;
}

/** Parts of the rows: by class, by length, by group. */
export function facetTable({ rows, reading, closed }: Study, facet: Facet, states: Int32Array): HTMLElement {
  const members: number[][] = facet.names.map(() => []);
  facet.codes.forEach((code, r) => members[code].push(r));
  const lines = facet.names.flatMap((name, i): Line[] => {
    const chosen = members[i];
    if (!chosen.length) return [];
    const [at, all, none] = [states, reading, closed].map((each) => measure(rows, each, chosen));
    const { quality, difference } = partIntervals(rows, states, reading, chosen);
    const bounds = (interval: [number, number] | null) => (interval ? ` ${boundsText(interval)}` : '');
    const same = at.quality === all.quality && at.share === all.share;
    return [
      {
        cells: [
          name,
          grouped(at.n),
          qualityText(rows, none.quality),
          qualityText(rows, all.quality),
          qualityText(rows, at.quality) + bounds(quality),
          differenceText(at.quality - all.quality) + bounds(same ? null : difference),
          shareText(at.share),
        ],
      },
    ];
  });
  const head = [facet.title, 'rows', 'without context', 'full context', 'at this θ', 'difference', 'tokens that read'];
  return textTable(head, lines, `Quality by ${facet.title}`);
}
