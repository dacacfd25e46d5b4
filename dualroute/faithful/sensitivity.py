"""How much an attribution changes when its input hardly does: max-sensitivity (Yeh et al. 2019), by Captum."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
import torch
from captum.metrics import sensitivity_max

from dualroute.attribute.engine import FUNCTIONS
from dualroute.attribute.exact import exact_contributions
from dualroute.attribute.requests import Asked, Units, units_of
from dualroute.families.dual_route.batched_targets import Counts, Memory
from dualroute.families.dual_route.interpolation import Path, make_path
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.trace.attribution import Attribution
from dualroute.trace.record import Trace
from dualroute.trace.targets import Target, parse_target

RADIUS = 0.02  # of the root mean square of what distinguishes the words from absent ones
DISTURBANCES, MOST = 3, 50

Inputs = tuple[torch.Tensor, ...]
Scores = Callable[[Path], torch.Tensor]  # of a disturbed path the scores (K,U) of its K targets


def sensitivity(
    model: DualRouteModel,
    trace: Trace,
    attributions: Sequence[Attribution],
    disturbances: int = DISTURBANCES,
    seed: int = 0,
) -> dict[str, float]:
    """{target: max-sensitivity} of attributions of one trace that were made together, by one call.

    Every number of what leads from an absent word to the word (to a patch, an item likewise) moves by up to RADIUS of
    their root mean square, up or down; what is the same in both stays. The route that a prediction holds is held. Each
    disturbance is one attribution anew, with the seed of the first. Raises ValueError for less than one disturbance,
    or more than MOST, and for a baseline that is a text.
    """
    first, targets = attributions[0], [parse_target(trace, one.target) for one in attributions]
    path = make_path(model, trace, targets, first.baseline)
    scores_of = _method(trace, targets, first, units_of(model, trace, first.granularity))
    made = [np.concatenate([one.scores, one.context_scores]) for one in attributions]
    found = sensitivities(path, scores_of, disturbances, seed, torch.from_numpy(np.stack(made).astype(np.float32)))
    return {one.target: value for one, value in zip(attributions, found, strict=True)}


def sensitivities(
    path: Path,
    scores_of: Scores,
    disturbances: int = DISTURBANCES,
    seed: int = 0,
    undisturbed: torch.Tensor | None = None,
) -> list[float]:
    """For each target of `path` the largest ‖φ' − φ‖ / ‖φ‖ over random disturbances, as `sensitivity` makes them.

    undisturbed  (K,U) the scores φ, where they are known
    """
    if not 1 <= disturbances <= MOST:
        raise ValueError(f"disturbances must be from 1 to {MOST}, not {disturbances}")
    inputs = tuple(side.difference[None] for side in path.sides)
    known = {} if undisturbed is None else {_key(side.difference for side in path.sides): undisturbed}
    noise = _noise(inputs, disturbances, seed)

    def explain(target: int, given: Inputs) -> Inputs:
        """(B,U) scores of one target where the differences are those given, (B,…) each."""
        return (torch.stack([_known(known, path, scores_of, row)[target] for row in zip(*given, strict=True)]),)

    return [
        float(
            sensitivity_max(
                lambda given, target=target: explain(target, given),
                inputs,
                perturb_func=lambda given: tuple(part + moved for part, moved in zip(given, noise, strict=True)),
                n_perturb_samples=disturbances,
            )
        )
        for target in range(len(path.values))
    ]


def _method(trace: Trace, targets: list[Target], made: Attribution, units: Units) -> Scores:
    if made.method == "exact":
        return lambda path: torch.stack([units.summed(_exact(path, trace, target)[None])[0] for target in targets])
    return lambda path: FUNCTIONS[made.method](Asked(path, units, made.parameters, made.seed)).scores


def _exact(path: Path, trace: Trace, target: Target) -> torch.Tensor:
    """(T+S,) the contributions of the words as they are on the path, by the route of the trace."""
    states = [one for side, part in enumerate(path.at(torch.ones(1))) for one in path.encode(side, part)]
    output = path.model.route_states(*states, policy="direct", output_contributions=True)
    direct, read = (part[0].detach().numpy() for part in (output.direct_contributions, output.context_contributions))
    found = exact_contributions(replace(trace, direct_contributions=direct, context_contributions=read), target)
    return torch.from_numpy(np.concatenate([found.scores, found.context_scores]).astype(np.float32))


def _noise(inputs: Inputs, disturbances: int, seed: int) -> Inputs:
    """(disturbances, …) for each of the inputs, 0 where they are."""
    generator, found = torch.Generator().manual_seed(seed), []
    for part in inputs:
        moved = part != 0
        size = RADIUS * part[moved].square().mean().sqrt() if moved.any() else 0.0
        drawn = 2 * torch.rand(disturbances, *part.shape[1:], generator=generator) - 1
        found.append(size * drawn * moved)
    return tuple(found)


def _known(known: dict, path: Path, scores_of: Scores, row: Sequence[torch.Tensor]) -> torch.Tensor:
    """(K,U), asked once for each disturbance, since all targets of one are attributed together."""
    key = _key(row)
    if key not in known:
        sides = tuple(replace(side, difference=part) for side, part in zip(path.sides, row, strict=True))
        with torch.inference_mode(False), torch.enable_grad():  # Captum has turned gradients off
            known[key] = scores_of(replace(path, sides=sides, counts=Counts(), memory=Memory())).detach()
    return known[key]


def _key(row: Iterable[torch.Tensor]) -> bytes:
    return b"".join(part.numpy().tobytes() for part in row)
