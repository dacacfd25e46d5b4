/** Tables of text and nodes. Text enters through textContent. */
import { grouped } from '../core/format';
import { boundsText, differenceText, qualityText, shareText } from '../core/rows/format';
import type { GateIntervals } from '../core/rows/gate_intervals';
import type { AtGate, GateRows, RowChange } from '../core/rows/gate_rows';
import { gainText, natsText } from '../core/rows/gate_words';
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

/** A gate of a language model beside each kind of passage. */
export function groupTable(
  groups: { name: string; at: AtGate; intervals: GateIntervals | null; here: boolean }[],
): HTMLElement {
  const lines = groups.map(({ name, at, intervals, here }): Line => ({
    strong: here,
    cells: [
      name,
      grouped(at.n),
      natsText(at.direct),
      natsText(at.merged),
      natsText(at.nll),
      gainText(at.nll - at.direct, intervals?.direct ?? null),
      gainText(at.nll - at.merged, intervals?.merged ?? null),
      shareText(at.share),
    ],
  }));
  const ways = [
    'without it',
    'reading always',
    'at this θ',
    'against without it',
    'against always',
    'tokens that read',
  ];
  return textTable(['passage', 'tokens', ...ways], lines, 'Nats per token by passage');
}

/** The controls, each of which lets the same share of tokens read. */
export function controlTable(at: AtGate, intervals: GateIntervals | null): HTMLElement {
  const names = {
    random: 'at random',
    entropy: 'direct flow unsure',
    divergence: 'flows differ',
    oracle: 'oracle',
  } as const;
  const lines = Object.entries(names).map(([name, words]): Line => {
    const of = name as keyof typeof names;
    return { cells: [words, natsText(at[of]), gainText(at.nll - at[of], intervals?.[of] ?? null)] };
  });
  const fixed: Line = { cells: ['same mixture for all', natsText(at.static), gainText(at.nll - at.static, null)] };
  const own: Line = { cells: ['the gate', natsText(at.nll), ''], strong: true };
  return textTable(
    ['who reads', 'nats per token', 'gate minus it'],
    [own, ...lines, fixed],
    'Controls at the same share',
  );
}

export function gateChangesTable({ payload, group }: GateRows, changes: RowChange[]): HTMLElement {
  const lines = changes.map(({ row, tokens, reads, nats }): Line => ({
    cells: [
      payload.ids[row],
      payload.groups[group[row]][1],
      String(tokens),
      `${reads[0]} → ${reads[1]}`,
      natsText(nats[0]),
      natsText(nats[1]),
      gainText(nats[1] - nats[0], null),
    ],
  }));
  const head = ['row', 'passage', 'tokens', 'tokens that read', 'nats at θ₁', 'nats at θ₂', 'change'];
  return textTable(head, lines, 'Rows that change');
}
