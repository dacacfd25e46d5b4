/** The verdict's numbers, collected from what is on screen for one target. */
import type { Agreement, ControlsPayload } from '../contracts';
import { targetWords } from '../core/targets';
import type { Trace } from '../core/trace';
import type { FaithfulPart } from './faithful';
import { estimatesOnly, methodOf } from './method_table';
import { make } from '../ui/dom';
import type { ShownTrack } from './tracks';
import { type Agreeing, verdictWords } from './verdict';

/** The first sentence stands out. The box is a live region: it changes only where its words do. */
export function showVerdict(box: HTMLElement, [first, ...others]: string[]): void {
  const words = [first, ...others].join(' ');
  if (box.textContent === words) return;
  box.replaceChildren(make('b', '', first), ...(others.length ? [` ${others.join(' ')}`] : []));
}

/** tracks: those that answer what is asked now; agreements: of this input. */
export function verdictFor(
  trace: Trace,
  target: string,
  { tracks, agreements }: { tracks: ShownTrack[]; agreements: Agreement[] },
  faithfulness: FaithfulPart,
  config: ControlsPayload,
): string[] {
  const own = tracks.filter((track) => track.target === target);
  const { measures, methods } = faithfulness.measured(target);
  const errorOf = ({ method, delta, change }: ShownTrack) =>
    methodOf(config, method)?.complete && delta !== null && change ? Math.abs(delta / change) : null;
  const agreement = agreements.find((one) => one.target === target);
  return verdictWords({
    target: targetWords(trace, target, own.find(({ label }) => label)?.label),
    computed: own
      .filter(({ method }) => method !== 'exact')
      .map((track) => ({ title: track.title, error: errorOf(track), converged: track.converged })),
    measured: methods,
    measures,
    agreement: agreement ? agreeing(estimatesOnly(agreement), config) : null,
  });
}

const agreeing = ({ methods, rows }: Agreement, config: ControlsPayload): Agreeing => ({
  titles: methods.map((name) => methodOf(config, name)?.title ?? name),
  rows,
});
