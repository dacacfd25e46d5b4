"""The answers of rows in every state over θ: an answer changes only where θ passes a gate of its row.

A row of T tokens has T + 1 states. In state k its k tokens with the smallest gates are closed, so at θ the row is in
the state that counts its gates g ≤ θ. The states of N rows with M tokens stand one row after another, M + N in all.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from dualroute.rows.corpus import Corpus, RoutedRows, SpanCorpus, row_starts
from dualroute.trace.policies import check_looks_at_theta, reading_gate
from dualroute.trace.spans import best_spans, span_code, span_of

BLOCK = 2048  # rows whose states are summed at once: limits memory, and the error of a running sum


@dataclass(frozen=True, eq=False)
class ThresholdStates:
    """The answers of N rows in each of their states.

    gates       (M,) the gates compared with θ, rising within each row
    starts      (N,) index of each row's first token; no row is empty
    readable    (N,) bool, rows that have a context
    answers     (M+N,) index of a class, or code of a span, see `spans.span_code`
    scores      (M+N,) how good the answer is: 1 or 0 for a class, a grade for a span
    confidence  (M+N,) float32, probability of the answer among all
    margins     (M+N,) float32, logit of the second class minus that of the first; None unless there are two classes
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

    def subset(self, chosen: np.ndarray) -> "ThresholdStates":
        """The rows where `chosen` (N,) is true."""
        tokens, states = np.repeat(chosen, self.lengths), np.repeat(chosen, self.lengths + 1)
        selected = {"gates": tokens, "spent": tokens, "readable": chosen, "labels": chosen}
        selected |= dict.fromkeys(("answers", "scores", "confidence", "margins"), states)
        arrays = {name: getattr(self, name) for name in selected}
        parts: dict[str, Any] = {n: values[selected[n]] for n, values in arrays.items() if values is not None}
        return replace(self, starts=row_starts(self.lengths[chosen]), **parts)


def threshold_states(corpus: RoutedRows, policy: str = "threshold") -> ThresholdStates:
    """The states of every row of a corpus, under `threshold` or `weighted_threshold`.

    Raises ValueError for a policy without θ, for rows of written texts, whose every state is a run of a decoder, and
    for a row without tokens.
    """
    check_looks_at_theta(policy)
    if corpus.reruns or not isinstance(corpus, Corpus | SpanCorpus):
        raise ValueError("written texts have no steps: another route is another run of the decoder")
    if (corpus.lengths < 1).any():
        raise ValueError(f"row {int(corpus.lengths.argmin())} has no token")
    order = GateOrder.of(corpus, policy)
    answers = _class_answers(corpus, order) if isinstance(corpus, Corpus) else _span_answers(corpus, order)
    return ThresholdStates(
        gates=reading_gate(corpus.gates)[order.tokens],
        starts=np.asarray(corpus.starts),
        readable=corpus.has_context,
        spent=None if policy == "threshold" else order.rho[order.tokens],
        **answers,
    )


@dataclass(frozen=True, eq=False)
class GateOrder:
    """The tokens (M,) of each row by rising gate, in which a rising θ closes them.

    kappa, rho  (M,) the weights of each token while it reads, in the order of the corpus
    """

    tokens: np.ndarray
    kappa: np.ndarray
    rho: np.ndarray

    @classmethod
    def of(cls, corpus: RoutedRows, policy: str) -> "GateOrder":
        """The order under a policy."""
        return cls(np.lexsort((reading_gate(corpus.gates), corpus.row_of_token)), *corpus.decision(policy, 0.0))


def _class_answers(corpus: Corpus, order: GateOrder) -> dict[str, Any]:
    """Arrays of `ThresholdStates`: the logits with all tokens reading, changed by closing one token after another."""
    states = len(corpus.gates) + len(corpus)
    answers, confidence = np.empty(states, np.int32), np.empty(states, np.float32)
    margins = np.empty(states, np.float32) if len(corpus.bias) == 2 else None
    reading = corpus.routed_logits(order.kappa, order.rho)
    for rows in _blocks(len(corpus)):
        logits, place = _state_logits(corpus, order, reading, rows)
        answers[place], confidence[place] = logits.argmax(-1), _largest_probability(logits)
        if margins is not None:
            margins[place] = logits[:, 1] - logits[:, 0]
    right = np.repeat(corpus.labels, corpus.lengths + 1) == answers
    return {
        "answers": answers,
        "scores": right.astype(np.float32),
        "confidence": confidence,
        "margins": margins,
        "labels": np.asarray(corpus.labels),
    }


def _state_logits(corpus: Corpus, order: GateOrder, reading: np.ndarray, rows: range) -> tuple[np.ndarray, slice]:
    """Logits of the states of a block of rows, and their place among all states."""
    ends = np.append(corpus.starts, len(corpus.gates))
    tokens = order.tokens[ends[rows.start] : ends[rows.stop]]
    closing = (1 - order.kappa[tokens])[:, None] * corpus.direct[tokens]
    closing -= order.rho[tokens][:, None] * corpus.read[tokens]
    heads = ends[rows.start : rows.stop] - ends[rows.start] + np.arange(rows.stop - rows.start)
    changes = np.insert(closing, ends[rows.start : rows.stop] - ends[rows.start], 0.0, axis=0)
    summed = np.cumsum(changes, axis=0)
    lengths = np.diff(np.append(heads, len(summed)))
    logits = summed + np.repeat(reading[rows.start : rows.stop] - summed[heads], lengths, axis=0)
    return logits, slice(ends[rows.start] + rows.start, ends[rows.stop] + rows.stop)


def _largest_probability(logits: np.ndarray) -> np.ndarray:
    return 1 / np.exp(logits - logits.max(-1, keepdims=True)).sum(-1)


def _blocks(rows: int) -> Iterator[range]:
    return (range(start, min(start + BLOCK, rows)) for start in range(0, rows, BLOCK))


def _span_answers(corpus: SpanCorpus, order: GateOrder) -> dict[str, Any]:
    """Arrays of `ThresholdStates`, row by row: closing a token changes the scores of that token alone."""
    spans = [_row_spans(corpus, order, row) for row in range(len(corpus))]
    codes, confidence = (np.concatenate(parts) for parts in zip(*spans, strict=True))
    rows = np.repeat(np.arange(len(corpus)), corpus.lengths + 1)
    grades = [corpus.answers[row].grade(*span_of(code)) for row, code in zip(rows, codes, strict=True)]
    return {
        "answers": codes,
        "scores": np.asarray(grades, float),
        "confidence": confidence,
        "labels": np.full(len(corpus), -1),
    }


def _row_spans(corpus: SpanCorpus, order: GateOrder, row: int) -> tuple[np.ndarray, np.ndarray]:
    """Codes (T+1,) of the spans of one row's states, and their probabilities among all allowed spans."""
    start, length = int(corpus.starts[row]), int(corpus.lengths[row])
    here = slice(start, start + length)
    rank = np.empty(length, int)
    rank[order.tokens[here] - start] = np.arange(length)
    open_ = (rank >= np.arange(length + 1)[:, None])[..., None]  # (states, T, 1)
    kappa, rho = order.kappa[here][:, None], order.rho[here][:, None]
    reading = corpus.bias + kappa * corpus.direct[here] + rho * corpus.read[here]
    scores = np.where(open_, reading, corpus.bias + corpus.direct[here])
    flat, ends = scores.reshape(-1, 2), np.repeat(np.arange(1, length + 2) * length, length)
    first, last = best_spans(flat, ends, corpus.longest)
    summed = (flat[first, 0] + flat[last, 1]).reshape(length + 1, length)
    best, states = summed.argmax(1), np.arange(length + 1)
    last = last.reshape(length + 1, length)[states, best] - states * length
    top = summed[states, best]
    return span_code(best, last), 1 / _total(scores, top, corpus.longest)


def _total(scores: np.ndarray, top: np.ndarray, longest: int) -> np.ndarray:
    """(states,) sum of exp(score − top) over all allowed spans, for scores (states,T,2) and top (states,)."""
    total = np.zeros(len(scores))
    for step in range(min(longest, scores.shape[1])):
        summed = scores[:, : scores.shape[1] - step, 0] + scores[:, step:, 1]
        total += np.exp(summed - top[:, None]).sum(1)
    return total.astype(np.float32)
