/** The tracks as numbers, for figures: blocks of columns (one per token), each with rows. */
import type { AttributionPayload } from '../contracts';
import { largestSize } from '../core/arrays';
import { plainToken } from '../core/format';
import { usesTheta } from '../core/policies';
import { contextReading, contextScale, scoreScale, tokenScale } from '../core/reading';
import { lookedAt } from '../core/readouts';
import { type Outcome, type View, flowName } from '../core/replay';
import type { Trace } from '../core/trace';
import { addsTo, tokenRowNames } from './names';

interface Row {
  name: string;
}

/** Numbers from 0 to 1, with θ and the flow's colour. */
export interface GateRow extends Row {
  kind: 'gate';
  values: number[];
  flows: string[];
  theta: number | null;
}

/** A letter for each token. */
export interface FlowRow extends Row {
  kind: 'flow';
  values: string[];
  flipped: boolean[];
}

/** Pairs [by itself, read] about a middle line; a value over top fills its cell. */
export interface PairRow extends Row {
  kind: 'two';
  values: [number, number][];
  top: number;
}

/** Numbers about a middle line, or from the bottom. */
export interface ScoreRow extends Row {
  kind: 'signed' | 'share';
  values: number[];
  top: number;
}

export type FigureRow = GateRow | FlowRow | PairRow | ScoreRow;

export interface Block {
  title: string;
  names: string[];
  rows: FigureRow[];
}

/** A view with what the figures need of it. */
export interface Shown {
  trace: Trace;
  view: View;
  outcome: Outcome;
  label: number;
  scores: AttributionPayload | null;
}

export function trackBlocks(shown: Shown): Block[] {
  const { trace } = shown;
  const own = {
    title: `${trace.xName}: how each piece was handled`,
    names: trace.tokens.map(plainToken),
    rows: tokenRows(shown),
  };
  if (!trace.S || trace.contextKind === 'backward') return [own];
  const context = {
    title: `${trace.hName}: what was read of it`,
    names: trace.contextTokens.map(plainToken),
    rows: readRows(shown),
  };
  return [own, context];
}

function tokenRows({ trace, view, outcome, label, scores }: Shown): FigureRow[] {
  const all = <T>(value: (t: number) => T): T[] => trace.tokens.map((_, t) => value(t));
  const names = tokenRowNames(trace, trace.answers ? trace.nameOf(label) : null).map(([name]) => name);
  const flows = all((t) => flowName(trace, outcome.weights, t));
  const theta = usesTheta(view) ? view.theta : null;
  const flipped = all((t) => view.overrides.has(t));
  const rows: FigureRow[] = [
    { name: names[1], kind: 'gate', values: Array.from(trace.reading), flows, theta },
    { name: names[2].replace(' ⇄', ''), kind: 'flow', values: flows, flipped },
  ];
  trace.parts(0, label).forEach((_, k) => {
    const values = all((t): [number, number] => {
      const [own, got] = trace.parts(t, label)[k];
      return [outcome.kappa[t] * own, outcome.rho[t] * got];
    });
    rows.push({ name: names[3 + k], kind: 'two', top: tokenScale(trace), values });
  });
  if (!trace.answers)
    rows.push(
      scaled(
        names[3],
        'share',
        all((t) => lookedAt(trace, trace.piece, t)),
      ),
    );
  return [...rows, ...scoreRows(trace, scores, 'scores')];
}

function readRows({ trace, outcome, label, scores }: Shown): FigureRow[] {
  const { read, gain } = contextReading(trace, outcome.rho, label, -1);
  const scale = contextScale(trace, label);
  const rows: FigureRow[] = [{ name: 'was read', kind: 'share', values: Array.from(read), top: scale.read }];
  if (trace.answers) {
    const name = addsTo(trace, trace.nameOf(label));
    rows.push({ name, kind: 'signed', values: Array.from(gain), top: scale.gain });
  }
  return [...rows, ...scoreRows(trace, scores, 'contextScores')];
}

const scoreRows = (trace: Trace, scores: AttributionPayload | null, side: 'scores' | 'contextScores'): ScoreRow[] =>
  scores
    ? [
        scaled(trace.answers ? 'effect on answer' : 'effect on text', 'signed', scores.prediction[side]),
        { ...scaled('effect on reading', 'signed', scores.gate[side]), top: scoreScale(scores.gate[side], true) },
      ]
    : [];

const scaled = (name: string, kind: ScoreRow['kind'], values: number[]): ScoreRow => ({
  name,
  kind,
  values,
  top: largestSize(values),
});
