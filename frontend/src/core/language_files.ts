/** An answer as a table: one row a token. */
import type { LanguageOutcome, LanguageTrace } from './language';
import { chosen } from './language';
import { plainToken } from './format';
import type { View } from './replay';
import { type Table, records } from './table';

const COLUMNS = ['index', 'token', 'gate', 'flow', 'rho', 'p_direct', 'p_merged', 'p_routed', 'greedy_choice'];

export function languageTable(trace: LanguageTrace, { rho, probs }: LanguageOutcome): Table {
  const flow = (weight: number) => (weight === 0 ? 'direct' : weight === 1 ? 'merged' : 'mixed');
  const rows = trace.payload.tokens.map((token, t) => [
    t,
    plainToken(token),
    trace.reading[t],
    flow(rho[t]),
    rho[t],
    trace.direct[t],
    trace.merged[t],
    probs[t],
    chosen(trace, t, rho[t]).word,
  ]);
  return { columns: COLUMNS, rows };
}

/** With what made the numbers beside them. beside: texts of the single flows, sources. */
export function languageJson(trace: LanguageTrace, view: View, outcome: LanguageOutcome, beside: object): string {
  const { model, gate, revision, prompt, passage, answer, temperature } = trace.payload;
  const overrides = Object.fromEntries([...view.overrides].map(([t, flow]) => [t, flow ? 'merged' : 'direct']));
  const decision = { policy: view.policy, threshold: view.theta, overrides, temperature };
  const made = { model, gate, revision, prompt, passage, answer };
  const rows = records(languageTable(trace, outcome));
  return JSON.stringify({ ...made, ...decision, perplexity: outcome.perplexity, rows, ...beside }, null, 1);
}
