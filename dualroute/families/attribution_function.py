"""Targets of one trace as functions of the presence of each token; `attribute` and `faithful` work on these.

A family subclasses `AttributionFunction`, or `TwoStageFunction` where its encoders can run separately.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import torch

from dualroute.progress import report_forward
from dualroute.trace.granularity import Groups
from dualroute.trace.record import Trace

BATCH_TOKENS = 2560  # measured on 2 cores: 25 rows of 100 tokens take half the time per row that 4 rows take

TargetValue = Callable[[Any], torch.Tensor]  # of what `AttributionFunction.output` returns: a target of every row (B,)


@dataclass
class Counts:
    """Passes of whole rows through the model. A pass of one input alone counts as its share of a row's tokens.

    A gradient of K targets is one forward and K backward passes.
    """

    forward: float = 0.0
    backward: float = 0.0


@dataclass(frozen=True, eq=False)
class Units:
    """Units with one score and one presence each: tokens, or runs of tokens.

    places  (T_i,) the unit of every token, for each varied input
    groups  [start, end) of the units of x, and of h; () where every token is a unit
    """

    places: tuple[torch.Tensor, ...]
    groups: tuple[Groups, Groups] = ((), ())

    @classmethod
    def of(cls, counts: Sequence[int], groups: tuple[Groups, Groups] = ((), ())) -> Self:
        """Return the units of varied inputs with `counts` tokens each: x, and h unless it is empty or comes from x."""
        return cls(tuple(_places(count, runs) for count, runs in zip(counts, groups, strict=False)), groups)

    @property
    def widths(self) -> tuple[int, ...]:
        """Units of each varied input, U_i."""
        return tuple(int(places.max()) + 1 for places in self.places)

    def spread(self, presence: Sequence[torch.Tensor]) -> tuple[torch.Tensor, ...]:
        """Return presences of tokens (B,T_i) from presences of units (B,U_i)."""
        return tuple(part[:, places] for part, places in zip(presence, self.places, strict=True))

    def summed(self, scores: torch.Tensor) -> torch.Tensor:
        """Return the sums (K,ΣU_i) over units of scores (K,ΣT_i) of tokens."""
        parts = scores.split([len(places) for places in self.places], dim=1)
        sums = [
            part.new_zeros(len(part), width).index_add(1, places, part)
            for part, places, width in zip(parts, self.places, self.widths, strict=True)
        ]
        return torch.cat(sums, dim=1)


def _places(count: int, runs: Groups) -> torch.Tensor:
    if not runs:
        return torch.arange(count)
    return torch.tensor([unit for unit, (start, end) in enumerate(runs) for _ in range(start, end)])


@dataclass(frozen=True, eq=False)
class LayerSplit:
    """An attribution function, split after one layer.

    states  presences (B,T_i) -> the states of the layer, (B,n_j,D) each
    output  those states -> what `AttributionFunction.output` returns, for the rows of the last call of `states`
    scores  scores (n_j,) of the positions of each state -> scores of all tokens (ΣT_i,)
    """

    states: Callable[..., Sequence[torch.Tensor]]
    output: Callable[[Sequence[torch.Tensor]], Any]
    scores: Callable[[Sequence[torch.Tensor]], torch.Tensor]


class AttributionFunction(ABC):
    """K targets of one trace as functions of the presence of its tokens, from the baseline (0) to the input (1).

    A varied input (x; h, unless it is empty or comes from x) has T_i tokens, each with one presence. Implementations
    count their passes in `counts` and call `progress.report_forward` before each one. The methods after `targets_at`
    are optional: they raise ValueError unless a family has them, and methods of attribution that need them are refused.

    values   K functions of what `output` returns, each (B,)
    widths   tokens of each varied input, T_i
    lengths  tokens of each varied input that a row sends through the model, including special ones
    grids    arrangement of the tokens of each varied input: `(T,)`, or `(rows, columns)` for a picture, whose patches
             are units at every granularity
    """

    values: tuple[TargetValue, ...]
    counts: Counts

    @property
    @abstractmethod
    def widths(self) -> tuple[int, ...]:
        """T_i."""

    @property
    @abstractmethod
    def lengths(self) -> tuple[int, ...]:
        """Tokens of each varied input that go through the model."""

    @property
    def grids(self) -> tuple[tuple[int, ...], ...]:
        """(T_i,), or (rows, columns), of each varied input."""
        return tuple((width,) for width in self.widths)

    @property
    def rows(self) -> int:
        """How many rows one pass with gradients should have."""
        return max(1, BATCH_TOKENS // max(1, sum(self.lengths)))

    @abstractmethod
    def output(self, *presence: torch.Tensor) -> Any:
        """Return the model's output at presences (B,T_i) of each varied input, with gradients."""

    @abstractmethod
    def with_values(self, values: tuple[TargetValue, ...]) -> Self:
        """Return the same function for other targets."""

    @property
    def probabilities(self) -> tuple[TargetValue | None, ...]:
        """The probability of each target, (B,) in [0, 1]; None for a target without one."""
        return (None,) * len(self.values)

    @torch.no_grad()
    def evaluate(self, *presence: torch.Tensor) -> torch.Tensor:
        """Return all targets (B,K) at presences (B,T_i), without gradients."""
        batches = zip(*(part.split(self.rows) for part in presence), strict=True)
        outputs = (self.output(*batch) for batch in batches)
        return torch.cat([torch.stack([value(output) for value in self.values], dim=1) for output in outputs])

    def at(self, points: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Return presences (B,T_i) with the same value (B,) for every token."""
        return tuple(points[:, None].repeat(1, width) for width in self.widths)

    def targets_at(self, points: list[float]) -> torch.Tensor:
        """Return the targets (P,K) at P points of the straight path."""
        return self.evaluate(*self.at(torch.tensor(points)))

    def embeddings(self) -> tuple[torch.Tensor, ...]:
        """Return each varied input as the model reads it, a batch of one: embeddings (1,n,D), or pixels."""
        raise _lacks("the embeddings of its tokens")

    def output_of(self, *embeddings: torch.Tensor) -> Any:
        """Return the model's output for such embeddings, with gradients."""
        raise _lacks("the embeddings of its tokens")

    def sums_over_tokens(self, *numbers: torch.Tensor) -> torch.Tensor:
        """Return sums (ΣT_i,) over the elements of each token of `numbers` with the shapes of `embeddings`."""
        raise _lacks("the embeddings of its tokens")

    def layer_split(self, layer: int | None) -> LayerSplit:
        """Return the function split after `layer`: 0 for the embeddings, None for the last layer of the encoders.

        Raises ValueError for a layer that the model does not have.
        """
        raise _lacks("the states of its layers")

    @property
    def differences(self) -> tuple[torch.Tensor, ...]:
        """What presence 1 adds to the baseline of each varied input, in any shape."""
        raise _lacks("its inputs as numbers")

    def with_differences(self, differences: Sequence[torch.Tensor]) -> Self:
        """Return the same function of a disturbed input, with other `differences` and counts at 0."""
        raise _lacks("its inputs as numbers")

    def with_contributions(self, trace: Trace) -> Trace:
        """Return `trace`, of the same input, with the contributions at presence 1 of this (disturbed) function."""
        raise _lacks("contributions that add up to its answer")


class TwoStageFunction(AttributionFunction, ABC):
    """An attribution function of two stages: the encoders, nearly all of the cost, and the rest of the model.

    Encoded inputs are named tuples with the fields `states` (B,n,D) and `mask` (B,n). See `product_quadrature`.
    """

    @abstractmethod
    def encode(self, place: int, presence: torch.Tensor) -> tuple[Any, ...]:
        """Return the varied input `place`, and inputs computed from it, encoded at presences (B,T_i) of its tokens."""

    def count_forward(self, place: int, rows: int) -> None:
        """Report and count a pass of `rows` rows of one varied input through its encoder."""
        share = rows * self.lengths[place] / sum(self.lengths)
        report_forward(share)
        self.counts.forward += share

    @abstractmethod
    def route(self, encoded: Sequence[Any]) -> Any:
        """Return what `output` returns, from the encoded inputs."""

    def output(self, *presence: torch.Tensor) -> Any:
        """Return the model's output at presences (B,T_i) of each varied input, with gradients."""
        return self.route([one for place, part in enumerate(presence) for one in self.encode(place, part)])


def _lacks(part: str) -> ValueError:
    return ValueError(f"this family of models does not give {part}: choose another method")
