"""What a method is asked, and what it finds."""

from dataclasses import dataclass

import torch

from dualroute.interpret.attributions.units import Units
from dualroute.interpret.presence import Path
from dualroute.interpret.target_values import Value
from dualroute.interpret.watching import passed


@dataclass(frozen=True, eq=False)
class Asked:
    """Scores of `units` for the K targets of `path`, by a method's checked `parameters`; `seed` of what is random."""

    path: Path
    units: Units
    parameters: dict
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Found:
    """Scores (K,U+V) of the units of x and of h, the steps it took, and for which targets (K,) they were enough."""

    scores: torch.Tensor
    converged: torch.Tensor
    steps: int = 1


def found(scores: torch.Tensor, steps: int = 1) -> Found:
    """What a method finds that has nothing to converge."""
    return Found(scores.detach(), torch.ones(len(scores), dtype=torch.bool), steps)


def count(path: Path, rows: float) -> None:
    """So many rows are about to go forward and back past `path.encode`, which counts what goes forward through it."""
    passed(rows)
    path.counts.forward += rows
    path.counts.backward += rows


def function(path: Path, value: Value):
    """`value` as a function of presences, for Captum, which wants every input in the graph: h may not be."""

    def run(*presence: torch.Tensor) -> torch.Tensor:
        path.counts.backward += len(presence[0]) if torch.is_grad_enabled() else 0
        return value(path.output(*presence)) + 0 * sum(part.sum(1) for part in presence)

    return run
