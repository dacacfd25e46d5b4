"""What a family of routing models implements, and what the rest of the library asks of it.

A family is one package under `families/`. It loads its models, traces inputs, answers a decision again where stored
numbers cannot, scores rows, and gives targets as functions of how present each token is. `attribute`, `faithful` and
`evaluation` work on these classes and know no family by name.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch

from dualroute.rows.answers import token_f1
from dualroute.trace.answers import Classes, Written
from dualroute.trace.decision import Decision
from dualroute.trace.record import Trace
from dualroute.trace.replay import replay
from dualroute.trace.targets import Target

TargetValue = Callable[[Any], torch.Tensor]  # a target of every row (B,), of what `AttributionFunction.output` returns


@dataclass
class Counts:
    """Passes of whole rows through the model. One input alone counts as its share of a row's tokens.

    A gradient of K targets is one forward and K backward passes.
    """

    forward: float = 0.0
    backward: float = 0.0


class AttributionFunction(ABC):
    """K targets of one trace as functions of the presence of its tokens, from the baseline (0) to the input (1).

    An input that varies (x; h, unless it is empty or comes from x) has T_i tokens. A presence is one number for each.
    Implementations count their passes in `counts` and call `progress.passed` before each one.

    values   K functions of what `output` returns, each (B,)
    widths   tokens of each varied input
    lengths  tokens that a row of each varied input sends through the model, special ones included
    grids    how the tokens of each varied input are arranged: `(T,)`, or `(rows, columns)` for a picture
    """

    values: tuple[TargetValue, ...]
    counts: Counts

    @property
    @abstractmethod
    def widths(self) -> tuple[int, ...]: ...

    @property
    @abstractmethod
    def lengths(self) -> tuple[int, ...]: ...

    @property
    def grids(self) -> tuple[tuple[int, ...], ...]:
        return tuple((width,) for width in self.widths)

    @property
    def rows(self) -> int:
        """How many rows to put into one pass with gradients."""
        return max(1, 2560 // max(1, sum(self.lengths)))

    @abstractmethod
    def output(self, *presence: torch.Tensor) -> Any:
        """The model where the tokens are present by (B,T_i) for each varied input, with gradients."""

    @torch.no_grad()
    def evaluate(self, *presence: torch.Tensor) -> torch.Tensor:
        """(B,K) all targets where the tokens are present by (B,T_i), without gradients."""
        batches = zip(*(part.split(self.rows) for part in presence), strict=True)
        outputs = (self.output(*batch) for batch in batches)
        return torch.cat([torch.stack([value(output) for value in self.values], dim=1) for output in outputs])

    def at(self, points: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Presences (B,T_i) where every token is present by the same (B,)."""
        return tuple(points[:, None].repeat(1, width) for width in self.widths)

    def targets_at(self, points: list[float]) -> torch.Tensor:
        """(P,K) the targets at P points of the straight path."""
        return self.evaluate(*self.at(torch.tensor(points)))


class RoutingModel(ABC):
    """One model of a family with its tokenizer: inputs in, records out.

    checkpoint, revision  its name, and the first digits of its weights' sha256
    """

    family: ClassVar[str]
    checkpoint: str
    revision: str

    @classmethod
    @abstractmethod
    def load(cls, folder: str | Path, name: str) -> Self:
        """The model in `folder`, or under that id on the hub. Raises FileNotFoundError, or ValueError for bad files."""

    @abstractmethod
    def trace(self, *inputs: Any, decision: Decision | None = None) -> Trace:
        """One forward pass over the inputs, kept whole. Raises ValueError for inputs or a decision it cannot take."""

    @abstractmethod
    def rerun(self, trace: Trace, decision: Decision) -> Trace:
        """The trace of the same inputs under another decision: for what stored numbers cannot replay."""

    @abstractmethod
    def attribution_function(
        self, trace: Trace, targets: Sequence[Target], baseline: str = "pad", baseline_texts=None
    ) -> AttributionFunction:
        """The targets as functions of present tokens. Raises ValueError for a baseline or a target it does not have."""

    def score_rows(self, rows: Sequence[Any], decisions: Sequence[Decision]) -> np.ndarray:
        """(D,N) how right each of N rows is under each of D decisions: 1 or 0, or a grade in [0, 1].

        rows  have `x`, `h` and `label`. Replays where the trace can be replayed, and runs the model again elsewhere.
        """
        scores = np.empty((len(decisions), len(rows)))
        for place, row in enumerate(rows):
            trace = self.trace(*self.row_inputs(row))
            for number, decision in enumerate(decisions):
                scores[number, place] = self._score(trace, decision, row.label)
        return scores

    def row_inputs(self, row: Any) -> tuple[Any, ...]:
        """The inputs of `trace` for a row of data."""
        return row.x, row.h

    def _score(self, trace: Trace, decision: Decision, label: str) -> float:
        """How right one answer is. A span by token F1, a given text by its probability per token."""
        if not trace.replayable:
            trace, decision = self.rerun(trace, decision), Decision()
        match trace.answer:
            case Written(text=text):
                return token_f1(text, label)
            case Classes(labels=labels, logits=logits) if not trace.replayable:
                return float(labels[int(np.argmax(logits))] == label)
        outcome = replay(trace, decision)
        if outcome.span is not None:
            return token_f1(outcome.label, label)
        return float(outcome.label == label) if isinstance(trace.answer, Classes) else outcome.probability

    @property
    def limits(self) -> tuple[str, ...]:
        """What this family cannot tell, one sentence each; shown beside its traces."""
        return ()
