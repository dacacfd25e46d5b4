/** The score of an answer as the sum that it is: constant, what speaks for it, what speaks against it. */
import { flowOf } from './flow_links';
import { signed } from './format';
import type { Route } from './replay';
import { answerWords } from './sentence';
import type { Decided } from './readouts';
import type { Trace } from './trace';

const FEWEST_DIGITS = 3;
const MOST_DIGITS = 6;

export function exactSum(trace: Trace, outcome: Decided & Route, label: number): string {
  const { up, down } = flowOf(trace, outcome, label);
  const bias = trace.biasOf(label);
  const total = bias + up - down;
  const residual = trace.scoreOf(outcome, label) - total;
  const digits = sumDigits([bias, up, -down]);
  const sum = `${signed(bias, digits)} (bias) + ${up.toFixed(digits)} for −\u00a0${down.toFixed(digits)} against`;
  const rest = Math.abs(residual) < 5e-7 ? '' : ` The stored score differs by ${residual.toExponential(1)}.`;
  return `Score of ${answerWords(trace, label)}: ${sum} = ${signed(total, digits)}.${rest}`;
}

/** The fewest decimals with which the rounded parts add up to their rounded sum. */
export function sumDigits(parts: number[]): number {
  const total = parts.reduce((sum, part) => sum + part, 0);
  for (let digits = FEWEST_DIGITS; digits < MOST_DIGITS; digits++) {
    const units = (value: number) => Math.round(Number(value.toFixed(digits)) * 10 ** digits);
    if (parts.reduce((sum, part) => sum + units(part), 0) === units(total)) return digits;
  }
  return MOST_DIGITS;
}
