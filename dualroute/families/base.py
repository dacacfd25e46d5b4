"""What a family of routing models implements, and what the rest of the library asks of it.

A family is one package under `families/`. It loads its models, traces inputs, answers a decision again where stored
numbers cannot, scores rows, and gives targets as functions of how present each token is. `attribute`, `faithful` and
`evaluation` work on these classes and know no family by name.
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

    def units(self, trace: Trace, granularity: str) -> Units:
        """The units of the tokens that attributions of `trace` vary; those of h are tokens at every granularity.

        granularity  `token`, `word` or `sentence`. Raises ValueError for any other
        """
        own = groups(granularity, trace.x, trace.offsets)
        counts = [len(trace.tokens), len(trace.context_tokens)]
        return Units.of(counts if counts[1] else counts[:1], (own, ()))

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
        if isinstance(trace.answer, Written):
            return token_f1(trace.answer.text, label)
        outcome = replay(trace, decision)
        if outcome.span is not None:
            return token_f1(outcome.label, label)
        return float(outcome.label == label) if isinstance(trace.answer, Classes) else outcome.probability

    @property
    def limits(self) -> tuple[str, ...]:
        """What this family cannot tell, one sentence each; shown beside its traces."""
        return ()
