"""Integrating gradients along a path until completeness holds, piece by piece."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

import torch

from dualroute.values import positive_number, whole_number

MOST_STEPS = 100_000

# Chosen on news texts for the scores of `product_quadrature`: most of the change is in the first half of the path.
CUTS = (0.0, 0.15, 0.35, 0.55, 1.0)
NODES = 5
TOLERANCE = 0.02
FLOOR = 0.01  # in units of the target: the tolerance of a smaller change is that of this one
MAX_STEPS = 140

Piece = tuple[float, float]
ScoresOf = Callable[[list[Piece], int], torch.Tensor]  # pieces (P) and nodes on each -> scores (P,K,N)
TargetsAt = Callable[[list[float]], torch.Tensor]  # points (P) of the path -> targets (P,K)


@dataclass(frozen=True)
class Effort:
    """How many gradients to take.

    n_steps    exactly so many nodes on the whole path; None: panels are halved until `tolerance` is met
    tolerance  error allowed, as a share of the change
    max_steps  the most nodes on all panels together
    Raises ValueError for a number of steps below 1, and a tolerance that is not above 0.
    """

    n_steps: int | None = None
    tolerance: float = TOLERANCE
    max_steps: int = MAX_STEPS

    def __post_init__(self):
        steps = {} if self.n_steps is None else {"n_steps": whole_number(self.n_steps, "n_steps", 1, MOST_STEPS)}
        steps["max_steps"] = whole_number(self.max_steps, "max_steps", 1, MOST_STEPS)
        for name, value in (steps | {"tolerance": positive_number(self.tolerance, "tolerance")}).items():
            object.__setattr__(self, name, value)

    @property
    def start(self) -> tuple[list[Piece], int]:
        """The pieces of the path to begin with, and the nodes on each."""
        if self.n_steps is not None or self.max_steps < NODES:
            return [(0.0, 1.0)], self.n_steps or self.max_steps
        if self.max_steps >= NODES * (len(CUTS) - 1):
            return list(pairwise(CUTS)), NODES
        equal = self.max_steps // NODES
        return [(i / equal, (i + 1) / equal) for i in range(equal)], NODES


@dataclass(frozen=True, eq=False)
class Integral:
    """Scores (K,N) of K targets to N inputs, the nodes used, and for which targets (K,) the tolerance was met."""

    scores: torch.Tensor
    steps: int
    converged: torch.Tensor


@dataclass(frozen=True, eq=False)
class Panel:
    """A piece of the path, its scores (K,N), and their sums minus the change of the targets on it (K,)."""

    piece: Piece
    scores: torch.Tensor
    gaps: torch.Tensor

    @property
    def halves(self) -> list[Piece]:
        low, high = self.piece
        return [(low, (low + high) / 2), ((low + high) / 2, high)]


def integrate(scores_of: ScoresOf, targets_at: TargetsAt, effort: Effort) -> Integral:
    """The sum of the scores over the pieces of the path; completeness is checked on each piece.

    The panels with the largest errors are halved. So errors of different pieces cannot cancel, as they do where only
    the sum of all scores is checked, and new nodes go where the target changes. A target has converged if its errors
    |Σ scores − change|, added up over the pieces, are at most tolerance · max(|change on the path|, ‖scores‖₂ / 2,
    FLOOR): where large scores cancel to a small change, the error is measured by the scores.
    """
    pieces, nodes = effort.start
    first, last = targets_at([0.0, 1.0])
    change = (last - first).abs().clamp(min=FLOOR)  # (K,)
    panels, steps = _measure(scores_of, targets_at, pieces, nodes), len(pieces) * nodes
    while True:
        allowed = effort.tolerance * torch.maximum(change, _total(panel.scores for panel in panels).norm(dim=1) / 2)
        if effort.n_steps is not None:
            break
        worst = _unsettled(panels, allowed)[: max(0, effort.max_steps - steps) // (2 * nodes)]
        if not worst:
            break
        pieces = [half for panel in worst for half in panel.halves]
        panels = [panel for panel in panels if panel not in worst] + _measure(scores_of, targets_at, pieces, nodes)
        steps += len(pieces) * nodes
    enough = _total(panel.gaps.abs() for panel in panels) <= allowed
    return Integral(_total(panel.scores for panel in panels), steps, enough)


def _total(parts: Iterable[torch.Tensor]) -> torch.Tensor:
    return sum(parts, torch.zeros(()))


def _measure(scores_of: ScoresOf, targets_at: TargetsAt, pieces: list[Piece], nodes: int) -> list[Panel]:
    scores = scores_of(pieces, nodes)  # (P,K,N)
    lows, highs = zip(*pieces, strict=True)
    points = sorted({*lows, *highs})
    targets = dict(zip(points, targets_at(points), strict=True))
    gaps = [of.sum(1) - (targets[high] - targets[low]) for of, low, high in zip(scores, lows, highs, strict=True)]
    return [Panel(*parts) for parts in zip(pieces, scores, gaps, strict=True)]


def _unsettled(panels: list[Panel], allowed: torch.Tensor) -> list[Panel]:
    """The panels to halve, worst first: those with more than their share in an error that is too large."""
    gaps = torch.stack([panel.gaps for panel in panels]).abs() / allowed  # (P,K)
    gaps = gaps[:, gaps.sum(0) > 1]
    if not gaps.numel():
        return []
    worst = gaps.amax(1)
    return [panels[i] for i in worst.argsort(descending=True).tolist() if worst[i] > 1 / len(panels)]
