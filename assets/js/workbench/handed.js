// What a run found, as Inspect's panel of attributions has it: a saved file takes it along. Only methods whose scores
// have a sign, one for each token, that explained an answer and the gates.
function attributionsOf(tracks, { key, decision }, baselines) {
  const usable = tracks.filter((track) => track.signed && track.granularity === 'token');
  return usable.filter(({ target }) => /^prediction\b/.test(target)).flatMap((prediction) => {
    const gate = usable.find((track) => track.method === prediction.method && track.target === 'gate');
    const request = { key, ...decision, label: prediction.target.replace(/^prediction:?/, '') };
    return gate ? [{ request, prediction: asPanel(prediction, baselines), gate: asPanel(gate, baselines) }] : [];
  });
}

const asPanel = ({ scores, contextScores, title, baseline, steps, delta, change, converged }, baselines) => ({
  scores, contextScores, steps, delta, change, converged, methodTitle: title,
  baselineTitle: Object.fromEntries(baselines)[baseline] || baseline,
});
