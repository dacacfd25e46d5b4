"""Units: the tokens that have one score and one presence."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from dualroute.interpret.encoding import encode_text
from dualroute.interpret.granularity import Groups, check_granularity, groups
from dualroute.interpret.trace import Trace
from dualroute.model.dual_route import DualRouteModel


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
