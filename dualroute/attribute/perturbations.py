"""Methods that leave words out and see what the targets lose.

Captum is run twice. The first run asks for the targets of subsets of units and gets zeros; all it asked for is then
evaluated at once, each distinct row encoded once, in batches as large as memory allows. The second run, of the same
seed, asks for the same and gets the answers. So all targets share their forward passes, and no model runs while the
seed's lock is held.
"""

from collections.abc import Callable

import torch
from captum.attr import FeatureAblation, Occlusion, ShapleyValueSampling

from dualroute.attribute.requests import Asked, Found, found, seeded
from dualroute.families.dual_route.varied_inputs import PictureSide

ROWS = 4096  # subsets whose tokens' presences are held at a time: 17 MB for 1024 tokens

Run = Callable[[Callable, tuple[torch.Tensor, ...]], tuple[torch.Tensor, ...]]


def feature_ablation(asked: Asked) -> Found:
    """What the target loses when one unit alone is replaced by the baseline."""
    return _twice(asked, lambda targets, ends: FeatureAblation(targets).attribute(ends, **_at_once(asked)))


def occlusion(asked: Asked) -> Found:
    """What it loses when neighbours are replaced together: the mean over the windows that cover a unit.

    A window is `window` units in a row, and window × window patches of a picture; it moves by one.
    """
    shapes = [_grid(side, width) for side, width in zip(asked.path.sides, asked.units.widths, strict=True)]
    windows = tuple(tuple(min(asked.parameters["window"], length) for length in shape) for shape in shapes)

    def run(targets, ends):
        ends = tuple(end.reshape(1, *shape) for end, shape in zip(ends, shapes, strict=True))
        method = Occlusion(lambda *presence: targets(*(part.flatten(1) for part in presence)))
        return [part.flatten(1) for part in method.attribute(ends, windows, **_at_once(asked))]

    return _twice(asked, run)


def shapley_sampling(asked: Asked) -> Found:
    """What the target gains when a unit comes to those before it in an order: the mean over random orders."""
    options = {"n_samples": asked.parameters["n_samples"]} | _at_once(asked)
    return _twice(asked, lambda targets, ends: ShapleyValueSampling(targets).attribute(ends, **options))


@torch.no_grad()
def _twice(asked: Asked, run: Run) -> Found:
    """`run` on all units present, with the targets as functions of the presences of units."""
    ends, rows = tuple(torch.ones(1, width) for width in asked.units.widths), []

    def once(targets) -> torch.Tensor:
        with seeded(asked.seed):
            return torch.cat(tuple(run(targets, ends)), dim=1)

    def note(*presence: torch.Tensor) -> torch.Tensor:
        rows.append([part.bool() for part in presence])  # thousands of subsets of a long text are kept
        return torch.zeros(len(presence[0]))

    once(note)
    sizes = [len(presence[0]) for presence in rows]
    answers = _answers(asked, [torch.cat(part).split(ROWS) for part in zip(*rows, strict=True)])
    scores = []
    for of_target in answers.T:
        left = iter(of_target.split(sizes))
        scores.append(once(lambda *presence, left=left: next(left)))
    return found(torch.cat(scores))


def _answers(asked: Asked, subsets: list[tuple[torch.Tensor, ...]]) -> torch.Tensor:
    """(B,K) the targets of subsets of units of x and of h, each in batches."""
    batches = zip(*subsets, strict=True)
    return torch.cat([asked.path.evaluate(*asked.units.spread([part.float() for part in batch])) for batch in batches])


def _at_once(asked: Asked) -> dict[str, int]:
    """All subsets in one call: evaluating them is what is done in batches."""
    return {"perturbations_per_eval": sum(asked.units.widths)}


def _grid(side, width: int) -> tuple[int, ...]:
    return (side.patches, side.patches) if isinstance(side, PictureSide) else (width,)
