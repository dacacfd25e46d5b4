"""Random numbers of a seed, without a trace: Captum draws from the generators that all of a process share.

Units: the tokens that have one score and one presence.

What a method is asked, and what it finds.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch

from dualroute.families.dual_route.encoding import encode_text
from dualroute.families.dual_route.interpolation import Path
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.families.dual_route.target_values import Value
from dualroute.progress import passed
from dualroute.trace.granularity import Groups, check_granularity, groups
from dualroute.trace.record import Trace

MOST = 2**32 - 1  # what numpy takes
_LOCK = threading.Lock()


def check_seed(seed: int) -> int:
    """The seed. Raises ValueError, naming the limits, for what is none."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MOST:
        raise ValueError(f"seed must be a whole number from 0 to {MOST:,}, not {seed!r}")
    return seed


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Inside, torch and numpy draw the numbers of `seed`; outside, what they would have drawn anyway.

    One thread at a time: keep inside only what draws, and no pass through a model.
    """
    with _LOCK:
        before, numpy_before = torch.get_rng_state(), np.random.get_state()
        torch.default_generator.manual_seed(seed)
        np.random.seed(seed)
        try:
            yield
        finally:
            torch.set_rng_state(before)
            np.random.set_state(numpy_before)


@dataclass(frozen=True, eq=False)
class Units:
    """Which unit every token belongs to: `places`, (T,) of x and (S,) of h unless it is empty.

    groups  [start, end) of the units of x, and of h; () where every token is one
    """

    places: tuple[torch.Tensor, ...]
    groups: tuple[Groups, Groups] = ((), ())

    @property
    def widths(self) -> tuple[int, ...]:
        """U, and V unless there is no h."""
        return tuple(int(places.max()) + 1 for places in self.places)

    def spread(self, presence: Sequence[torch.Tensor]) -> tuple[torch.Tensor, ...]:
        """Presences of tokens (B,T), (B,S) from those of units (B,U), (B,V)."""
        return tuple(part[:, places] for part, places in zip(presence, self.places, strict=True))

    def summed(self, scores: torch.Tensor) -> torch.Tensor:
        """(K,U+V) sums over the units of scores (K,T+S) of tokens."""
        sides = scores.split([len(places) for places in self.places], dim=1)
        sums = [
            part.new_zeros(len(part), width).index_add(1, places, part)
            for part, places, width in zip(sides, self.places, self.widths, strict=True)
        ]
        return torch.cat(sums, dim=1)


def units_of(model: DualRouteModel, trace: Trace, granularity: str) -> Units:
    """The units of a trace; items and patches are units of their own. Raises ValueError for another granularity."""
    check_granularity(granularity)
    config, tokenizer = model.config, model.backbone.tokenizer
    own = other = ()
    if granularity != "token":
        own = _groups(tokenizer, granularity, trace.x, config.max_length, trace.tokens)
        if config.context == "text":
            other = _groups(tokenizer, granularity, trace.h, config.context_max_length, trace.context_tokens)
    counts = [len(trace.tokens)]
    if trace.context_tokens and not model.encoder.context_in_x:
        counts.append(len(trace.context_tokens))
    places = tuple(_places(count, runs) for count, runs in zip(counts, (own, other), strict=False))
    return Units(places, (own, other))


def _groups(tokenizer, granularity: str, text: str, max_length: int, tokens: tuple[str, ...]) -> Groups:
    return groups(granularity, text, encode_text(tokenizer, text, max_length, "text").offsets[: len(tokens)].tolist())


def _places(count: int, runs: Groups) -> torch.Tensor:
    if not runs:
        return torch.arange(count)
    return torch.tensor([unit for unit, (start, end) in enumerate(runs) for _ in range(start, end)])


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
