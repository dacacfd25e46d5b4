"""How much an attribution changes when its input hardly does: max-sensitivity (Yeh et al. 2019), by Captum."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import torch
from captum.metrics import sensitivity_max

from dualroute.attribute.method import MethodRequest, parse_targets
from dualroute.attribute.methods import find_method
from dualroute.families.attribution_function import AttributionFunction, Units
from dualroute.families.base import RoutingModel
from dualroute.trace.attribution import Attribution
from dualroute.trace.record import Trace
from dualroute.trace.targets import Target
from dualroute.values import items, seed_number, shown, whole_number

RADIUS = 0.02  # of the root mean square of the differences between the words and absent ones
DISTURBANCES, MAX_DISTURBANCES = 3, 50

Inputs = tuple[torch.Tensor, ...]
Scores = Callable[[AttributionFunction], torch.Tensor]  # a disturbed function -> the scores (K,U) of its K targets


def sensitivity(
    model: RoutingModel,
    trace: Trace,
    attributions: Sequence[Attribution],
    disturbances: int = DISTURBANCES,
    seed: int = 0,
    targets: Sequence[str | Target] | None = None,
) -> dict[str, float]:
    """{target: max-sensitivity} of attributions of one trace that were made together, by one call.

    Every number of the difference between an absent word and the word (patch, item) changes by up to RADIUS of the root
    mean square of all of them, up or down; numbers that are the same in both stay. The route that a prediction holds is
    held. Each disturbance costs one new attribution, with the seed of the first.

    targets  of the attributions, in their order, where they have been parsed already
    Raises ValueError for numbers of disturbances outside [1, MAX_DISTURBANCES], for a baseline that is a text, and for
    a family of models that does not give its inputs as numbers.
    """
    attributions = items(attributions, "attributions", "attributions")
    wrong = [one for one in attributions if not isinstance(one, Attribution)]
    if wrong or not attributions:
        raise ValueError(f"attributions must be a list of attributions, not of {shown(wrong[0]) if wrong else 'none'}")
    first = attributions[0]
    parsed = parse_targets(trace, [one.target for one in attributions] if targets is None else targets)
    function = model.attribution_function(trace, parsed, first.baseline)
    scores_of = _recompute(trace, parsed, first, model.units(trace, first.granularity))
    scores = np.stack([np.concatenate([one.scores, one.context_scores]) for one in attributions])
    results = sensitivities(function, scores_of, disturbances, seed, torch.from_numpy(scores.astype(np.float32)))
    return {one.target: value for one, value in zip(attributions, results, strict=True)}


def sensitivities(
    function: AttributionFunction,
    scores_of: Scores,
    disturbances: int = DISTURBANCES,
    seed: int = 0,
    undisturbed: torch.Tensor | None = None,
) -> list[float]:
    """For each target of `function` the largest ‖φ' − φ‖ / ‖φ‖ over random disturbances, as `sensitivity` makes them.

    undisturbed  (K,U) the scores φ, where they are known
    """
    disturbances, seed = whole_number(disturbances, "disturbances", 1, MAX_DISTURBANCES), seed_number(seed)
    inputs = tuple(part[None] for part in function.differences)
    cache = {} if undisturbed is None else {_key(function.differences): undisturbed}
    noise = _noise(inputs, disturbances, seed)

    def disturb(inputs: Inputs | torch.Tensor) -> Inputs:
        parts = inputs if isinstance(inputs, tuple) else (inputs,)  # Captum unpacks a tuple of one
        return tuple(part + change for part, change in zip(parts, noise, strict=True))

    def explain(target: int, inputs: Inputs) -> Inputs:
        """(B,U) scores of one target for B rows of differences, (B,…) each."""
        rows = zip(*inputs, strict=True)
        return (torch.stack([_cached(cache, function, scores_of, row)[target] for row in rows]),)

    return [
        float(
            sensitivity_max(
                lambda inputs, target=target: explain(target, inputs),
                inputs,
                perturb_func=disturb,
                n_perturb_samples=disturbances,
            )
        )
        for target in range(len(function.values))
    ]


def _recompute(trace: Trace, targets: tuple[Target, ...], attribution: Attribution, units: Units) -> Scores:
    """The attribution's method and settings, as a function of a disturbed function."""
    method = find_method(attribution.method)

    def scores_of(function: AttributionFunction) -> torch.Tensor:
        own = trace if method.runs_model else function.with_contributions(trace)
        request = MethodRequest(own, targets, units, attribution.parameters, attribution.seed, function)
        return method.function(request).scores

    return scores_of


def _noise(inputs: Inputs, disturbances: int, seed: int) -> Inputs:
    """(disturbances, …) for each of the inputs, 0 where they are 0."""
    generator, noise = torch.Generator().manual_seed(seed), []
    for part in inputs:
        moved = part != 0
        size = RADIUS * part[moved].square().mean().sqrt() if moved.any() else 0.0
        random = 2 * torch.rand(disturbances, *part.shape[1:], generator=generator) - 1
        noise.append(size * random * moved)
    return tuple(noise)


def _cached(
    cache: dict[bytes, torch.Tensor], function: AttributionFunction, scores_of: Scores, row: Sequence[torch.Tensor]
) -> torch.Tensor:
    """(K,U) scores, computed once for each disturbance, since all its targets are attributed together."""
    key = _key(row)
    if key not in cache:
        with torch.inference_mode(False), torch.enable_grad():  # Captum has turned gradients off
            cache[key] = scores_of(function.with_differences(row)).detach()
    return cache[key]


def _key(row: Iterable[torch.Tensor]) -> bytes:
    return b"".join(part.numpy().tobytes() for part in row)
