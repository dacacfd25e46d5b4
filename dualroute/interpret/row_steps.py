"""Rows answered for every θ at once: their answers change only where θ passes one of their own tokens' gates.

M tokens of N rows. A row of T tokens has T + 1 states: in state k its k tokens with the smallest gates are closed, so
at θ it is in the state that counts its gates g ≤ θ. States of all rows stand one row after another, M + N in all.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from dualroute.interpret.by_gate import by_gate
from dualroute.interpret.class_states import class_states
from dualroute.interpret.corpus import Corpus, RoutedRows
from dualroute.interpret.span_corpus import SpanCorpus
from dualroute.interpret.span_states import span_states
from dualroute.policies import WITH_THRESHOLD


@dataclass(frozen=True, eq=False)
class RowSteps:
    """What N rows answer in each of their states.

    gates       (M,) the gates compared with θ, rising within each row
    starts      (N,) index of each row's first token; no row is empty
    readable    (N,) bool, rows that have a context
    answers     (M+N,) a class's index; of a span its code, see `spans.span_code`
    scores      (M+N,) how good the answer is: 1 or 0 for a class, a grade for a span
    confidence  (M+N,) float32, probability of the answer among all
    margins     (M+N,) float32 by how much the second of two classes is preferred; None unless there are two
    labels      (N,) index of the true class; −1 for a span
    spent       (M,) ρ of a token that reads; None where that is 1
    """

    gates: np.ndarray
    starts: np.ndarray
    readable: np.ndarray
    answers: np.ndarray
    scores: np.ndarray
    confidence: np.ndarray
    labels: np.ndarray
    margins: np.ndarray | None = None
    spent: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def lengths(self) -> np.ndarray:
        """(N,) number of tokens."""
        return np.diff(np.append(self.starts, len(self.gates)))

    @cached_property
    def first_states(self) -> np.ndarray:
        """(N,) index of each row's state 0, in which all its tokens read."""
        return self.starts + np.arange(len(self))

    def subset(self, chosen: np.ndarray) -> "RowSteps":
        """The rows where `chosen` (N,) is true."""
        lengths = self.lengths
        tokens, states = np.repeat(chosen, lengths), np.repeat(chosen, lengths + 1)
        starts = np.concatenate([[0], np.cumsum(lengths[chosen])[:-1]]).astype(np.int64)[: chosen.sum()]
        parts = {"gates": tokens, "spent": tokens, "readable": chosen, "labels": chosen}
        parts |= dict.fromkeys(("answers", "scores", "confidence", "margins"), states)
        held = {name: getattr(self, name) for name in parts}
        return replace(self, starts=starts, **{n: v[parts[n]] for n, v in held.items() if v is not None})


def row_steps(corpus: RoutedRows, policy: str = "threshold") -> RowSteps:
    """The states of every row of a corpus, under `threshold` or `weighted_threshold`.

    Raises ValueError for a policy without θ, for rows of written texts, whose every state is a run of a decoder, and
    for a row without tokens.
    """
    if policy not in WITH_THRESHOLD:
        raise ValueError(f"policy {policy!r} does not look at θ; those that do are {', '.join(WITH_THRESHOLD)}")
    if corpus.reruns or not isinstance(corpus, Corpus | SpanCorpus):
        raise ValueError("written texts have no steps: another route is another run of the decoder")
    if (corpus.lengths < 1).any():
        raise ValueError(f"row {int(corpus.lengths.argmin())} has no token")
    ordered, gates, spent = by_gate(corpus, policy)
    find = class_states if isinstance(corpus, Corpus) else span_states
    shared = {"gates": gates, "starts": np.asarray(corpus.starts), "readable": corpus.has_context}
    return RowSteps(**shared, spent=None if policy == "threshold" else spent, **find(corpus, ordered))
