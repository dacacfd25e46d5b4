/**
 * What a run gave, as Inspect's panel of attributions has it: a saved file takes it along. Only methods whose scores have
 * a sign, one for each token, that explained an answer and the gates.
 */
import type { AttributionPayload, AttributionSource, Scores, Track } from '../contracts';

export function panelAttributions(
  tracks: Track[],
  source: Omit<AttributionSource, 'label'>,
  baselines: [string, string][],
): AttributionPayload[] {
  const usable = tracks.filter(({ signed, granularity }) => signed && granularity === 'token');
  return usable
    .filter(({ target }) => /^prediction\b/.test(target))
    .flatMap((prediction) => {
      const gate = usable.find(({ method, target }) => method === prediction.method && target === 'gate');
      if (!gate) return [];
      const request = { ...source, label: prediction.target.replace(/^prediction:?/, '') };
      return [{ request, prediction: panelScores(prediction, baselines), gate: panelScores(gate, baselines) }];
    });
}

function panelScores(
  { scores, contextScores, title, baseline, steps, delta, change, converged }: Track,
  baselines: [string, string][],
): Scores {
  const baselineTitle = Object.fromEntries(baselines)[baseline] ?? baseline;
  return { scores, contextScores, steps, delta, change, converged, methodTitle: title, baselineTitle };
}
