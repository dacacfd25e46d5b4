"""Methods that leave words out and measure what the targets lose.

Captum runs twice. In the first run it gets zeros for the targets of the subsets of units that it asks for; all these
subsets are then evaluated together, each distinct row once, in batches as large as memory allows. In the second run, of
the same seed, it asks for the same subsets and gets their targets. So all targets share their forward passes, and no
model runs while the lock of the seed is held.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dualroute.attribute.method import MethodRequest, MethodResult, Parameter, attribution_method, seeded

if TYPE_CHECKING:
    import torch

    Targets = Callable[..., torch.Tensor]  # presences of units (B,U_i) -> a target of every row (B,)
    Run = Callable[[Targets, tuple[torch.Tensor, ...]], tuple[torch.Tensor, ...]]

SUBSETS = 4096  # whose presences of tokens are in memory at a time: 17 MB for 1024 tokens


@attribution_method(
    "Leave one out",
    captum="FeatureAblation",
    trust="True for each word alone, all others kept; blind to words that can stand in for each other.",
    source="Zeiler and Fergus 2014",
    passes=lambda units, parameters: (units + 1, 0),
)
def feature_ablation(request: MethodRequest) -> MethodResult:
    """The target's loss when one unit alone is replaced by the baseline."""
    from captum.attr import FeatureAblation

    options = _all_at_once(request)
    return _run_twice(request, lambda targets, ends: FeatureAblation(targets).attribute(ends, **options))


@attribution_method(
    "Occlusion",
    captum="Occlusion",
    trust="As leave one out, for neighbours that go together: a score is the mean over the windows on a word.",
    source="Zeiler and Fergus 2014",
    passes=lambda units, parameters: (units + 1, 0),
    parameters=(Parameter("window", "window", 3, 1, 32, help="Units next to each other that are left out."),),
)
def occlusion(request: MethodRequest) -> MethodResult:
    """The target's loss when neighbours are replaced together: the mean over the windows that cover a unit.

    A window is `window` units in a row, and window × window patches of a picture; it moves by one.
    """
    from captum.attr import Occlusion

    grids, widths = request.function.grids, request.units.widths
    shapes = [grid if len(grid) > 1 else (width,) for grid, width in zip(grids, widths, strict=True)]
    windows = tuple(tuple(min(request.parameters["window"], length) for length in shape) for shape in shapes)

    def run(targets: Targets, ends: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
        ends = tuple(end.reshape(1, *shape) for end, shape in zip(ends, shapes, strict=True))
        method = Occlusion(lambda *presence: targets(*(part.flatten(1) for part in presence)))
        return tuple(part.flatten(1) for part in method.attribute(ends, windows, **_all_at_once(request)))

    return _run_twice(request, run)


@attribution_method(
    "Shapley value sampling",
    captum="ShapleyValueSampling",
    trust="The fairest share, averaged over random orders; with few samples single scores are noisy.",
    source="Castro et al. 2009",
    passes=lambda units, parameters: (units * parameters["n_samples"] + 1, 0),
    parameters=(Parameter("n_samples", "orders", 10, 1, 1_000, help="Random orders of the units."),),
    complete=True,
    random=True,
)
def shapley_sampling(request: MethodRequest) -> MethodResult:
    """The target's gain when a unit joins those before it in an order: the mean over random orders."""
    from captum.attr import ShapleyValueSampling

    options = _all_at_once(request) | {"n_samples": request.parameters["n_samples"]}
    return _run_twice(request, lambda targets, ends: ShapleyValueSampling(targets).attribute(ends, **options))


def _run_twice(request: MethodRequest, run: Run) -> MethodResult:
    """The scores by `run` for all units present, each target as a function of the presences of units."""
    import torch

    ends, subsets = tuple(torch.ones(1, width) for width in request.units.widths), []

    def scores_of(targets: Targets) -> torch.Tensor:
        with seeded(request.seed), torch.no_grad():
            return torch.cat(tuple(run(targets, ends)), dim=1)

    def collect(*presence: torch.Tensor) -> torch.Tensor:
        subsets.append([part.bool() for part in presence])  # a long text has thousands of subsets
        return torch.zeros(len(presence[0]))

    scores_of(collect)
    sizes = [len(presence[0]) for presence in subsets]
    targets = _evaluate(request, [torch.cat(part).split(SUBSETS) for part in zip(*subsets, strict=True)])
    scores = []
    for of_target in targets.T:
        remaining = iter(of_target.split(sizes))
        scores.append(scores_of(lambda *presence, remaining=remaining: next(remaining)))
    return MethodResult.of(torch.cat(scores))


def _evaluate(request: MethodRequest, subsets: list[tuple[torch.Tensor, ...]]) -> torch.Tensor:
    """(B,K) the targets of subsets of units: for each varied input a list of batches."""
    import torch

    units, function = request.units, request.function
    batches = zip(*subsets, strict=True)
    return torch.cat([function.evaluate(*units.spread([part.float() for part in batch])) for batch in batches])


def _all_at_once(request: MethodRequest) -> dict[str, Any]:
    """All subsets in one call of Captum's: batches are made when they are evaluated."""
    return {"perturbations_per_eval": sum(request.units.widths)}
