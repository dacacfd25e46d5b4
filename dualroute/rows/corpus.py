"""The rows of a data set with their contributions summed over the context, scored under any decision."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np

from dualroute.rows.answers import ReferenceAnswers
from dualroute.trace.answers import Segment, Span
from dualroute.trace.context import TextContext
from dualroute.trace.ledger import SumOfLogits
from dualroute.trace.policies import flow_weights, kappa_rho
from dualroute.trace.record import Trace
from dualroute.trace.spans import best_spans
from dualroute.values import as_named


@dataclass(frozen=True, eq=False)
class RoutedRows:
    """N rows with M tokens of x in all, one row's tokens after another's, and how good their answers are.

    gates        (M,R) the router's probabilities
    starts       (N,) index of each row's first token
    has_context  (N,) bool
    granularity  `token`, or `sequence` where all tokens of a row have the same gates
    """

    reruns: ClassVar[bool] = False  # whether another decision is another run of a decoder, so that few are scored

    gates: np.ndarray
    starts: np.ndarray
    has_context: np.ndarray
    granularity: str = field(default="token", kw_only=True)

    def __len__(self) -> int:
        return len(self.starts)

    def score(self, kappa: np.ndarray, rho: np.ndarray) -> np.ndarray:
        """(N,) how good each row's answer is, for any weights (M,) of the direct and of the context part."""
        raise NotImplementedError

    @property
    def row_of_token(self) -> np.ndarray:
        """(M,) the row each token belongs to."""
        return np.repeat(np.arange(len(self)), self.lengths)

    @property
    def lengths(self) -> np.ndarray:
        """(N,) number of tokens of each row."""
        return np.diff(np.append(self.starts, len(self.gates)))

    @property
    def position_in_row(self) -> np.ndarray:
        """(M,) relative position of a token in its row: 0 for the first token, below 1 for the last."""
        return (np.arange(len(self.gates)) - self.starts[self.row_of_token]) / self.lengths[self.row_of_token]

    @property
    def readable(self) -> np.ndarray:
        """(M,) bool, tokens of rows that have a context."""
        return self.has_context[self.row_of_token]

    def subset(self, chosen: np.ndarray) -> Self:
        """The rows where `chosen` (N,) is true."""
        of_tokens, of_rows = self._parts(chosen[self.row_of_token], chosen)
        return replace(self, starts=row_starts(self.lengths[chosen]), **of_tokens, **of_rows)

    def _parts(self, tokens: np.ndarray, rows: np.ndarray) -> tuple[dict[str, Any], dict[str, Any]]:
        """The fields that a subset changes: those with an entry for each token, those with an entry for each row."""
        return {"gates": self.gates[tokens]}, {"has_context": self.has_context[rows]}

    def decision(self, policy: str, threshold: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
        """(κ, ρ), (M,) each, under a policy and θ."""
        return kappa_rho(flow_weights(policy, self.gates, threshold))

    def share(self, policy: str, threshold: float = 0.5) -> float:
        """Mean ρ over the tokens of rows that have a context, under a policy and θ."""
        return self.mean_reading(self.decision(policy, threshold)[1])

    def mean_reading(self, rho: np.ndarray) -> float:
        """Mean of ρ (M,) over the tokens of rows that have a context."""
        counted = self.readable
        return float(rho[counted].mean()) if counted.any() else 0.0


@dataclass(frozen=True, eq=False)
class Corpus(RoutedRows):
    """Rows to classify.

    direct  (M,C) D
    read    (M,C) K summed over the context
    bias    (C,)
    labels  (N,) index of the true class
    """

    direct: np.ndarray
    read: np.ndarray
    bias: np.ndarray
    labels: np.ndarray

    def _parts(self, tokens: np.ndarray, rows: np.ndarray) -> tuple[dict[str, Any], dict[str, Any]]:
        of_tokens, of_rows = super()._parts(tokens, rows)
        of_tokens |= {"direct": self.direct[tokens], "read": self.read[tokens]}
        return of_tokens, of_rows | {"labels": self.labels[rows]}

    def logits(self, policy: str, threshold: float = 0.5) -> np.ndarray:
        """(N,C) under a policy and θ."""
        return self.routed_logits(*self.decision(policy, threshold))

    def routed_logits(self, kappa: np.ndarray, rho: np.ndarray) -> np.ndarray:
        """(N,C) for any weights (M,) of the direct part and of the context part."""
        summed = kappa[:, None] * self.direct + rho[:, None] * self.read
        return self.bias + np.add.reduceat(summed, self.starts, axis=0)

    def correct(self, kappa: np.ndarray, rho: np.ndarray) -> np.ndarray:
        """(N,) bool, whether the true class is predicted for weights (M,) of the two parts."""
        return self.routed_logits(kappa, rho).argmax(-1) == self.labels

    def margins(self, kappa: np.ndarray, rho: np.ndarray) -> np.ndarray:
        """(N,) logit of the second class minus that of the first."""
        logits = self.routed_logits(kappa, rho)
        return logits[:, 1] - logits[:, 0]

    def score(self, kappa: np.ndarray, rho: np.ndarray) -> np.ndarray:
        """(N,) 1 where the true class is predicted, else 0."""
        return self.correct(kappa, rho)


@dataclass(frozen=True, eq=False)
class SpanCorpus(RoutedRows):
    """Rows whose answer is a span of x. The two outputs are start and end.

    direct   (M,2) D
    read     (M,2) K summed over the context
    bias     (2,)
    answers  (N,) `ReferenceAnswers`
    longest  longest span, in tokens
    """

    direct: np.ndarray
    read: np.ndarray
    bias: np.ndarray
    answers: np.ndarray
    longest: int

    def _parts(self, tokens: np.ndarray, rows: np.ndarray) -> tuple[dict[str, Any], dict[str, Any]]:
        of_tokens, of_rows = super()._parts(tokens, rows)
        of_tokens |= {"direct": self.direct[tokens], "read": self.read[tokens]}
        return of_tokens, of_rows | {"answers": self.answers[rows]}

    def spans(self, kappa: np.ndarray, rho: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """First and last token of each row's answer, (N,) each, counted within the row, by the rule of `best_span`."""
        scores = self.bias + kappa[:, None] * self.direct + rho[:, None] * self.read
        first, last = best_spans(scores, (self.starts + self.lengths)[self.row_of_token], self.longest)
        summed = scores[first, 0] + scores[last, 1]
        highest = np.maximum.reduceat(summed, self.starts)
        among_best = np.flatnonzero(summed == highest[self.row_of_token])
        best = among_best[np.searchsorted(among_best, self.starts)]  # the first of each row
        return best - self.starts, last[best] - self.starts

    def score(self, kappa: np.ndarray, rho: np.ndarray) -> np.ndarray:
        """(N,) token F1 of each row's answer; only an exact match has 1.0, see `answers.token_f1`."""
        first, last = self.spans(kappa, rho)
        rows = zip(self.answers, first.tolist(), last.tolist(), strict=True)
        return np.array([answers.grade(first, last) for answers, first, last in rows])


def row_starts(lengths: np.ndarray) -> np.ndarray:
    """(N,) index of each row's first token, for lengths (N,)."""
    return (np.cumsum(lengths) - lengths).astype(np.int64)


def corpus_from_traces(traces: Sequence[Trace], right: Sequence[str]) -> Corpus | SpanCorpus:
    """Traces of one checkpoint as rows to classify, or with spans to find; `right` has the right answer of each.

    Raises ValueError for no traces, traces of different checkpoints, another number of answers, an unknown class, and
    outputs that are no sum.
    """
    if not traces:
        raise ValueError("there is no row")
    first = traces[0]
    if any(trace.spec.revision != first.spec.revision for trace in traces):
        raise ValueError("the traces are of different checkpoints")
    if len(right) != len(traces):
        raise ValueError(f"{len(right)} right answers do not fit {len(traces)} traces")
    if not isinstance(first.ledger, SumOfLogits):
        raise ValueError("written texts have no contributions to put together")
    shared = _shared(traces)
    if isinstance(first.answer, Span):
        answers = np.empty(len(traces), dtype=object)
        answers[:] = [ReferenceAnswers(t.x, t.offsets, (text,)) for t, text in zip(traces, right, strict=True)]
        return SpanCorpus(**shared, answers=answers, longest=first.answer.longest)
    right = [as_named(label, first.labels) for label in right]
    unknown = sorted(set(right) - set(first.labels))
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no label; there are {', '.join(first.labels)}")
    return Corpus(**shared, labels=np.array([first.labels.index(label) for label in right]))


def without_context_tokens(trace: Trace) -> Trace:
    """The trace with its context as one token: the same outcomes in a record S times smaller."""
    if trace.context is None:
        return trace
    sums, inputs = trace.sums, (trace.segment, Segment(trace.spec.h_name, "", ("context",)))
    context = TextContext(1, np.ones((len(trace.tokens), 1), np.float32))
    ledger = replace(sums, context=sums.read()[:, None].astype(np.float32))
    return replace(trace, inputs=inputs, routing=replace(trace.routing, segment=0), context=context, ledger=ledger)


def _shared(traces: Sequence[Trace]) -> dict[str, Any]:
    return {
        "gates": np.concatenate([trace.flow_gates[-1] for trace in traces]).astype(float),
        "starts": row_starts(np.array([len(trace.tokens) for trace in traces])),
        "has_context": np.array([bool(trace.context_tokens) for trace in traces]),
        "granularity": traces[0].spec.granularity,
        "direct": np.concatenate([trace.direct_contributions for trace in traces]).astype(float),
        "read": np.concatenate([trace.read_contributions for trace in traces]).astype(float),
        "bias": traces[0].bias.astype(float),
    }
