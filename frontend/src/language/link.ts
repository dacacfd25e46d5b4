/** The answer on screen as parts of an address: the texts, the tokens that were written, and the decision. */
import type { View } from '../core/replay';
import { type LinkState, type ViewLink } from '../page/link';
import type { Asked, Drawn } from './inputs';

/** What an address says of this tab; dualroute/app/url_state/query.py lists its parameters. draw: the seed. */
export interface Linked {
  asked: Partial<Asked>;
  drawn: Partial<Drawn>;
  answer: string;
  ids: number[];
  decision: { policy: string; threshold: number | null; overrides: [number, number][] };
}

const DIRECTIONS = ['direct', 'merged'];

export function languageState(
  asked: Asked,
  drawn: Drawn,
  view: View,
  answer: { text: string } | { ids: number[] },
): LinkState {
  return {
    q: asked.prompt,
    from: asked.passage,
    says: 'text' in answer ? answer.text : '',
    ids: 'ids' in answer ? answer.ids.join('.') : '',
    lm: asked.model,
    gate: asked.gate,
    rule: view.policy,
    read: view.theta.toFixed(3),
    turned: [...view.overrides].map(([t, flow]) => `${t}-${DIRECTIONS[flow]}`).join('.'),
    temp: asked.temperature === null ? '' : String(asked.temperature),
    draw: drawn.seed === null ? '' : String(drawn.seed),
    topp: drawn.top_p === 1 ? '' : String(drawn.top_p),
  };
}

export const languageLink = (state: LinkState): ViewLink => ({
  state: { tab: 'language', ...state },
  cuts: [
    ['the passage', (now) => now.from && { from: '', ids: '', says: '', turned: '' }],
    ['the question', (now) => now.q && { q: '' }],
  ],
  left: [],
});

/** null where the address says nothing of this tab, or nothing that could be asked for. */
export function readLanguageLink(address: URLSearchParams): Linked | null {
  const [prompt, passage] = [address.get('q'), address.get('from')];
  if (!prompt || !passage) return null;
  const number = (name: string): number | null => {
    const text = address.get(name);
    return text && Number.isFinite(Number(text)) ? Number(text) : null;
  };
  const pieces = (name: string) => (address.get(name) ?? '').split('.').filter(Boolean);
  const flips = pieces('turned').map((piece): [number, number] => {
    const [token, flow] = piece.split('-');
    return [Number(token), DIRECTIONS.indexOf(flow)];
  });
  return {
    asked: {
      prompt,
      passage,
      model: address.get('lm') ?? '',
      gate: address.get('gate') ?? '',
      temperature: number('temp'),
    },
    drawn: { seed: number('draw'), top_p: number('topp') ?? 1 },
    answer: address.get('says') ?? '',
    ids: pieces('ids').map(Number).filter(Number.isInteger),
    decision: {
      policy: address.get('rule') || 'threshold',
      threshold: number('read'),
      overrides: flips.filter(([t, flow]) => Number.isInteger(t) && t >= 0 && flow >= 0),
    },
  };
}
