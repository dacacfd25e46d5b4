/** The comparison as numbers: the columns are those of Comparison.to_frame() in Python. */
import {
  type Pair,
  type Side,
  answerOf,
  answersOf,
  explainedAnswers,
  probabilityOf,
  sideContributions,
} from '../core/pair';
import { pairSentence } from '../core/pair_sentence';
import { type Outcome, flowName } from '../core/replay';
import { type Cell, type Table, records } from '../core/table';
import { requestOf } from '../page/inspected';
import { changeCount } from './grid_names';

export function pairTable(pair: Pair): Table {
  const answers = explainedAnswers(pair);
  const names = [[], ['contribution'], ['start_contribution', 'end_contribution']][changeCount(pair)];
  const triple = (name: string) => [`${name}_a`, `${name}_b`, `${name}_change`];
  const differ = (a: number | null, b: number | null): Cell[] => [a, b, a === null || b === null ? null : b - a];
  return {
    columns: [
      ...['token_a', 'token_b', 'change'],
      ...triple('gate'),
      ...['flow_a', 'flow_b', 'rerouted'],
      ...names.flatMap(triple),
    ],
    rows: pair.columns.map((column) => {
      const a = sideNumbers(pair.a, pair.before, answers.a, column.a);
      const b = sideNumbers(pair.b, pair.after, answers.b, column.b);
      return [
        ...[a.token, b.token, column.change],
        ...differ(a.gate, b.gate),
        ...[a.flow, b.flow, pair.rerouted.includes(column)],
        ...names.flatMap((_, k) => differ(a.adds[k] ?? null, b.adds[k] ?? null)),
      ];
    }),
  };
}

function sideNumbers(
  side: Side,
  outcome: Outcome,
  answer: number,
  t: number,
): { token: string; gate: number | null; flow: string; adds: number[] } {
  if (t < 0) return { token: '', gate: null, flow: '', adds: [] };
  const { trace } = side;
  return {
    token: trace.tokens[t],
    gate: trace.reading[t],
    flow: flowName(trace, outcome.weights, t),
    adds: sideContributions(side, outcome, answer, t),
  };
}

/** Everything as one object. */
export function pairRecord(pair: Pair): Record<string, unknown> {
  const side = (of: Side, outcome: Outcome) => ({
    ...requestOf(of.trace, of.view),
    ignored: [...of.view.ignored],
    answer: answerOf(of, outcome),
    probability: of.trace.answers ? probabilityOf(of, outcome) : null,
    made: of.trace.made,
  });
  const number = (share: number) => (Number.isNaN(share) ? null : share);
  return {
    sentence: pairSentence(pair),
    a: side(pair.a, pair.before),
    b: side(pair.b, pair.after),
    answers: answersOf(pair).map(({ name, a, b }) => ({ name, a: number(a), b: number(b) })),
    rows: records(pairTable(pair)),
  };
}
