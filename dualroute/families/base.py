"""The interface of a family of routing models.

A family is one package under `families/`. It loads its models, traces inputs, runs a model again for decisions that no
stored numbers can replay, scores rows, and provides targets as functions of the presence of each token. `attribute` and
`faithful` use this interface alone.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from dualroute.families.attribution_function import AttributionFunction, Units
from dualroute.rows.answers import token_f1
from dualroute.trace.answers import Classes, Written
from dualroute.trace.decision import Decision
from dualroute.trace.granularity import groups
from dualroute.trace.record import Trace
from dualroute.trace.replay import replay
from dualroute.trace.targets import Target


class RoutingModel(ABC):
    """One model of a family with its tokenizer: it turns inputs into traces.

    family                name of the family
    checkpoint, revision  name of the model, and the first digits of the sha256 of its weights
    """

    family: ClassVar[str]
    checkpoint: str
    revision: str

    @classmethod
    @abstractmethod
    def load(cls, folder: str | Path, name: str) -> Self:
        """Return the model in `folder`; `name` is what its traces call it.

        Raises FileNotFoundError for a missing file, ValueError for a damaged one.
        """

    @classmethod
    def find(cls, name: str | Path) -> Path:
        """Return the folder of a model that does not say to which family it belongs, for `load(name, family=…)`.

        Raises ValueError for a family whose checkpoints always say it.
        """
        raise ValueError(f"models of the family {cls.family!r} say so themselves: leave `family` out")

    @abstractmethod
    def trace(self, *inputs: Any, decision: Decision | None = None) -> Trace:
        """Return the trace of one forward pass; raise ValueError for inputs or a decision that do not fit the model."""

    @abstractmethod
    def rerun(self, trace: Trace, decision: Decision) -> Trace:
        """Return the trace of the same inputs under another decision; its fields that are None are those of `trace`."""

    @abstractmethod
    def attribution_function(
        self,
        trace: Trace,
        targets: Sequence[Target],
        baseline: str = "pad",
        baseline_texts: tuple[str, str] | None = None,
    ) -> AttributionFunction:
        """Return the targets as functions of the presence of each token.

        Raises ValueError for a baseline or a target that the model does not have.
        """

    def units(self, trace: Trace, granularity: str) -> Units:
        """Return the units of x and of h whose presence attributions vary; those of h are always tokens.

        granularity  `token`, `word` or `sentence`; raises ValueError for any other
        """
        own = groups(granularity, trace.x, trace.offsets)
        counts = [len(trace.tokens), len(trace.context_tokens)]
        return Units.of(counts if counts[1] else counts[:1], (own, ()))

    def score_rows(self, rows: Sequence[Any], decisions: Sequence[Decision]) -> np.ndarray:
        """Return the score (D,N) of each of N rows under each of D decisions, in [0, 1].

        rows  with `x`, `h` and `label`
        A span scores its token F1 and a given text its probability per token; a class scores 1 or 0. Decisions are
        replayed where the trace can be, and otherwise rerun.
        """
        scores = np.empty((len(decisions), len(rows)))
        for place, row in enumerate(rows):
            trace = self.trace(*self.row_inputs(row))
            for number, decision in enumerate(decisions):
                scores[number, place] = self._score(trace, decision, row.label)
        return scores

    def row_inputs(self, row: Any) -> tuple[Any, ...]:
        """Return the inputs of `trace` for a row of data."""
        return row.x, row.h

    def _score(self, trace: Trace, decision: Decision, label: str) -> float:
        """The score of one answer."""
        if not trace.replayable:
            trace, decision = self.rerun(trace, decision), Decision()
        if isinstance(trace.answer, Written):
            return token_f1(trace.answer.text, label)
        outcome = replay(trace, decision)
        if outcome.span is not None:
            return token_f1(outcome.label, label)
        return float(outcome.label == label) if isinstance(trace.answer, Classes) else outcome.probability

    @property
    def limits(self) -> tuple[str, ...]:
        """The limits of this family's traces, one sentence each; shown beside them."""
        return ()
