/**
 * A and B as parts of an address, each an address within it, and back; dualroute/app/url_state/query.py reads them, traces
 * each input once and says what it could not use.
 */
import type { LinkedPair, PairPayload } from '../contracts';
import { withoutStop } from '../core/format';
import type { Pair, Side } from '../core/pair';
import { publish } from '../page/channels';
import type { Answer } from '../page/component';
import { type Cut, type Link, type LinkState, linkOf } from '../page/link';
import { requestQueue } from '../page/requests';
import type { ChosenRows } from './row_list';

type RowState = Record<'task' | 'x' | 'h' | 'policy' | 'theta' | 'flips' | 'unread', string>;

const rowState = ({ trace, view }: Side): RowState => ({
  task: trace.checkpoint,
  x: trace.x,
  h: trace.h,
  policy: view.policy,
  theta: String(view.theta),
  flips: [...view.overrides].map(([t, flow]) => `${t}:${trace.flows[flow]}`).join(','),
  unread: [...view.ignored].sort((s, t) => s - t).join(','),
});

/** The address around it writes most characters anew; here only those that would end a part. */
const packed = (entries: [string, string][]): string =>
  entries.map(([name, value]) => `${name}=${value.replace(/[%&+;]/g, (sign) => encodeURIComponent(sign))}`).join('&');

/** b: what differs from a. */
function packedPair(one: RowState, other: RowState): LinkState {
  const differs = Object.entries(other).filter(
    ([name, value]) => name === 'policy' || value !== one[name as keyof RowState],
  );
  return { a: packed(Object.entries(one).filter(([, value]) => value)), b: packed(differs) };
}

export function pairLink({ a, b }: Pair): Link {
  const one = rowState(a);
  const other = rowState(b);
  const withoutContext = () => {
    if (!one.h && !other.h) return null;
    for (const state of [one, other]) Object.assign(state, { h: '', unread: '' });
    return packedPair(one, other);
  };
  const cuts: Cut[] = [
    [`the ${a.trace.hName}`, withoutContext],
    ['A and B, whose texts are too long: save them as a page', () => ({ a: '', b: '' })],
  ];
  const picture = a.trace.image || b.trace.image;
  return linkOf({ tab: 'compare', ...packedPair(one, other) }, cuts, picture ? ['the picture'] : []);
}

/** What the address follows; as the tab begins it needs no words. */
export function pairState(pair: Pair | null, chosen: ChosenRows): LinkState {
  const begun = !pair || (chosen.a === 'inspect' && chosen.b === 'twin');
  return { tab: 'compare', ...(begun ? { a: '', b: '' } : packedPair(rowState(pair.a), rowState(pair.b))) };
}

export interface LinkedViews {
  ask(pair: LinkedPair): void;
  arrived(answer: Answer<PairPayload> | null | undefined): void;
}

/** Asks for the views of an address and hands over those that came. */
export function linkedViews(
  send: (request: LinkedPair) => void,
  onViews: (views: PairPayload['views']) => void,
): LinkedViews {
  const queue = requestQueue<LinkedPair>(send, (error) => {
    publish('link-unused', { notes: [`A and B were not shown: ${withoutStop(error)}`] });
    onViews([]);
  });
  return {
    ask: (pair) => queue.ask(pair),
    arrived(answer) {
      if (!answer || !queue.accepts(answer) || answer.error != null) return;
      publish('link-unused', { notes: answer.notes });
      onViews(answer.views);
    },
  };
}
