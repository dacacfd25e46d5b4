/** The context's own track: what was read of it, what that added, and its attributions. */
import { largestSize } from '../core/arrays';
import { percent, plainToken, signed } from '../core/format';
import { type Reading, contextReading, scoreScale } from '../core/reading';
import type { Trace } from '../core/trace';
import { bar, header, paintBar, setBar, signedBar } from '../ui/bars';
import { make } from '../ui/dom';
import { contextRowNames } from './names';
import { type AttributionTrack, renameHeader } from './token_track';

const LEAST_CHANGE = 0.002; // of a bar that can be seen

export interface ContextTrack extends AttributionTrack {
  build(trace: Trace): void;
  /** token: the one that reads, -1 for all of them; scale: what fills a bar. */
  paint(trace: Trace, rho: Float64Array, label: number, token: number, scale: { read: number; gain: number }): void;
  /** Titles and labels, once a drag has come to rest. */
  describe(trace: Trace): void;
  names(trace: Trace, label: string, token: string | null): void;
}

interface ContextColumn {
  node: HTMLElement;
  name: HTMLElement;
  read: HTMLElement;
  gain: HTMLElement | null;
  pushed: HTMLElement;
  opened: HTMLElement;
  bars: [read: number, gain: number] | null;
}

export function contextTrack(grid: HTMLElement): ContextTrack {
  let columns: ContextColumn[] = [];
  let reading: Reading = { read: new Float64Array(), gain: new Float64Array() };
  return {
    build(trace) {
      const items = trace.contextKind === 'items'; // few and long names: one row each
      const tokens = trace.contextKind === 'backward' ? [] : trace.contextTokens;
      columns = tokens.map((token) => contextColumn(trace, token));
      grid.replaceChildren(header(contextRowNames(trace)), ...columns.map(({ node }) => node));
      grid.style.setProperty('--n', String(Math.max(1, trace.S)));
      grid.dataset.readout = trace.readout;
      grid.classList.toggle('items', items);
      grid.classList.toggle('upright', !items && trace.S > 18);
    },
    paint(trace, rho, label, token, scale) {
      reading = contextReading(trace, rho, label, token);
      const { read, gain } = reading;
      const top = token < 0 ? scale.read : largestSize(read);
      columns.forEach((column, s) => {
        const bars: [number, number] = [Math.min(1, read[s] / top), Math.max(-1, Math.min(1, gain[s] / scale.gain))];
        const old = column.bars;
        if (old && Math.abs(old[0] - bars[0]) + Math.abs(old[1] - bars[1]) < LEAST_CHANGE) return;
        column.bars = bars;
        setBar(column.read, bars[0]);
        if (column.gain) setBar(column.gain, bars[1]);
      });
    },
    describe(trace) {
      columns.forEach(({ node, name, read, gain }, s) => {
        const adds = trace.answers ? `, adds ${signed(reading.gain[s], 3)}` : '';
        const words = `${plainToken(trace.contextTokens[s])}: read ${percent(reading.read[s])}${adds}`;
        if (name.title === words) return;
        for (const cell of [name, read, gain]) if (cell) cell.title = words;
        node.setAttribute('aria-label', words);
      });
    },
    attribution(row, scores) {
      const top = scores ? scoreScale(scores, row === 'opened') : 1;
      columns.forEach((column, s) => {
        if (scores) paintBar(column[row], scores[s] / top, signed(scores[s], 3));
        else paintBar(column[row], 0, '');
      });
    },
    names: (trace, label, token) => renameHeader(grid, contextRowNames(trace, label, token)),
  };
}

function contextColumn(trace: Trace, token: string): ContextColumn {
  const node = make('div', 'dr-col');
  node.setAttribute('role', 'group');
  const column: ContextColumn = {
    node,
    name: make('div', 'dr-tok', plainToken(token)),
    read: bar(),
    gain: trace.answers ? signedBar() : null,
    pushed: signedBar('pushed'),
    opened: signedBar('opened'),
    bars: null,
  };
  const { name, read, gain, pushed, opened } = column;
  node.append(name, read, ...(gain ? [gain] : []), pushed, opened);
  return column;
}
