"""What a method of attribution gets and returns, and the random numbers it may draw.

torch is imported inside functions, since the modules of methods import this one, and the page is built without torch.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from dualroute.trace.record import Trace
from dualroute.trace.targets import Target, parse_target

if TYPE_CHECKING:
    import torch

    from dualroute.families.attribution_function import AttributionFunction, TargetValue, Units

MAX_SEED = 2**32 - 1  # numpy takes no larger one
_LOCK = threading.Lock()


@dataclass(frozen=True, eq=False)
class MethodRequest:
    """A request for scores of `units` for K targets of `trace`, by a method's checked `parameters` and a `seed`.

    function  the targets as functions of present tokens; None for a method that does not run the model
    """

    function: AttributionFunction | None
    units: Units
    parameters: dict[str, Any]
    seed: int = 0
    trace: Trace | None = None
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True, eq=False)
class MethodResult:
    """The scores (K,ΣU_i) of the units of x and of h.

    converged  (K,) bool, for which targets `steps` were enough
    ends       K pairs, the targets at the baseline and at the input, where the method knows them; else the model is run
    """

    scores: torch.Tensor
    converged: torch.Tensor
    steps: int = 1
    ends: tuple[tuple[float, float], ...] | None = None

    @classmethod
    def of(cls, scores: torch.Tensor, steps: int = 1, ends: tuple[tuple[float, float], ...] | None = None) -> Self:
        """The result of a method that has nothing to converge."""
        import torch

        return cls(scores.detach(), torch.ones(len(scores), dtype=torch.bool), steps, ends)


def parse_targets(trace: Trace, targets: Sequence[str | Target]) -> tuple[Target, ...]:
    """The targets, names parsed. Raises ValueError for a name that is not a target of `trace`."""
    return tuple(target if isinstance(target, Target) else parse_target(trace, target) for target in targets)


def differentiable(function: AttributionFunction, value: TargetValue) -> Callable[..., torch.Tensor]:
    """`value` as a function of presences for Captum: every input is in the graph, and backward passes are counted."""
    import torch

    def run(*presence: torch.Tensor) -> torch.Tensor:
        function.counts.backward += len(presence[0]) if torch.is_grad_enabled() else 0
        return value(function.output(*presence)) + 0 * sum(part.sum(1) for part in presence)

    return run


def check_seed(seed: int) -> int:
    """Return `seed`; raise ValueError unless it is an int in [0, 2**32 − 1]."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED:
        raise ValueError(f"seed must be a whole number from 0 to {MAX_SEED:,}, not {seed!r}")
    return seed


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Within this block, torch and numpy draw the numbers of `seed`; their state is restored behind it.

    Captum draws from the generators that all threads share, so that one thread at a time may be in such a block: run no
    model in it.
    """
    import torch

    with _LOCK:
        before, numpy_before = torch.get_rng_state(), np.random.get_state()
        torch.default_generator.manual_seed(seed)
        np.random.seed(seed)
        try:
            yield
        finally:
            torch.set_rng_state(before)
            np.random.set_state(numpy_before)
