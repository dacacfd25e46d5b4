"""The tokens of every row by rising gate: in this order a rising θ closes them.

The states of rows to classify, see `row_steps`.

The states of rows with an answer to find in x, see `row_steps`.

Rows answered for every θ at once: their answers change only where θ passes one of their own tokens' gates.

M tokens of N rows. A row of T tokens has T + 1 states: in state k its k tokens with the smallest gates are closed, so
at θ it is in the state that counts its gates g ≤ θ. States of all rows stand one row after another, M + N in all.

"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from dualroute.rows.corpus import Corpus, RoutedRows, SpanCorpus
from dualroute.trace.policies import WITH_THRESHOLD, reading_gate
from dualroute.trace.spans import best_spans, span_code, span_of


@dataclass(frozen=True, eq=False)
class ByGate:
    """Tokens of each row by rising gate: which they are, (M,), and what each part gives when it reads, (κ, ρ)."""

    order: np.ndarray
    kappa: np.ndarray
    rho: np.ndarray


def by_gate(corpus: RoutedRows, policy: str) -> tuple[ByGate, np.ndarray, np.ndarray]:
    """The order, and the gates (M,) and ρ (M,) of reading tokens in it."""
    gates = reading_gate(corpus.gates)
    order = np.lexsort((gates, corpus.row_of_token))
    kappa, rho = corpus.decision(policy, 0.0)
    return ByGate(order, kappa, rho), gates[order], rho[order]


BLOCK = 2048  # rows whose states are summed at once: bounds memory, and the error of a running sum


def class_states(corpus: Corpus, by_gate: ByGate) -> dict:
    """Answers of all states: from all tokens reading, what closing one token after another adds and takes."""
    states, two = len(corpus.gates) + len(corpus), len(corpus.bias) == 2
    answers, confidence = np.empty(states, np.int32), np.empty(states, np.float32)
    margins = np.empty(states, np.float32) if two else None
    reading = corpus.routed_logits(by_gate.kappa, by_gate.rho)
    for rows in _blocks(len(corpus)):
        logits, place = _state_logits(corpus, by_gate, reading, rows)
        answers[place], confidence[place] = logits.argmax(-1), _largest_probability(logits)
        if two:
            margins[place] = logits[:, 1] - logits[:, 0]
    right = np.repeat(corpus.labels, corpus.lengths + 1) == answers
    return {
        "answers": answers,
        "scores": right.astype(np.float32),
        "confidence": confidence,
        "margins": margins,
        "labels": np.asarray(corpus.labels),
    }


def _state_logits(corpus: Corpus, by_gate: ByGate, reading: np.ndarray, rows: slice) -> tuple[np.ndarray, slice]:
    """Logits of the states of a block of rows, and where among all states they belong."""
    ends = np.append(corpus.starts, len(corpus.gates))
    tokens = by_gate.order[ends[rows.start] : ends[rows.stop]]
    closing = (1 - by_gate.kappa[tokens])[:, None] * corpus.direct[tokens]
    closing -= by_gate.rho[tokens][:, None] * corpus.read[tokens]
    heads = ends[rows.start : rows.stop] - ends[rows.start] + np.arange(rows.stop - rows.start)
    changes = np.insert(closing, ends[rows.start : rows.stop] - ends[rows.start], 0.0, axis=0)
    summed = np.cumsum(changes, axis=0)
    lengths = np.diff(np.append(heads, len(summed)))
    logits = summed + np.repeat(reading[rows] - summed[heads], lengths, axis=0)
    return logits, slice(ends[rows.start] + rows.start, ends[rows.stop] + rows.stop)


def _largest_probability(logits: np.ndarray) -> np.ndarray:
    return 1 / np.exp(logits - logits.max(-1, keepdims=True)).sum(-1)


def _blocks(rows: int):
    return (slice(start, min(start + BLOCK, rows)) for start in range(0, rows, BLOCK))


def span_states(corpus: SpanCorpus, by_gate: ByGate) -> dict:
    """Answers of all states, row by row: closing a token changes the scores of that token alone."""
    found = [_row_spans(corpus, by_gate, row) for row in range(len(corpus))]
    codes, confidence = (np.concatenate(parts) for parts in zip(*found, strict=True))
    rows = np.repeat(np.arange(len(corpus)), corpus.lengths + 1)
    grades = [corpus.answers[row].grade(*span_of(code)) for row, code in zip(rows, codes, strict=True)]
    return {
        "answers": codes,
        "scores": np.asarray(grades, float),
        "confidence": confidence,
        "labels": np.full(len(corpus), -1),
    }


def _row_spans(corpus: SpanCorpus, by_gate: ByGate, row: int) -> tuple[np.ndarray, np.ndarray]:
    """Codes (T+1,) of the spans of one row's states, and their probabilities among all allowed spans."""
    start, length = int(corpus.starts[row]), int(corpus.lengths[row])
    here = slice(start, start + length)
    rank = np.empty(length, int)
    rank[by_gate.order[here] - start] = np.arange(length)
    open_ = (rank >= np.arange(length + 1)[:, None])[..., None]  # (states, T, 1)
    kappa, rho = by_gate.kappa[here][:, None], by_gate.rho[here][:, None]
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
    """(states,) sum over all allowed spans of e to their score less that of the best one; of scores (states,T,2)."""
    total = np.zeros(len(scores))
    for step in range(min(longest, scores.shape[1])):
        summed = scores[:, : scores.shape[1] - step, 0] + scores[:, step:, 1]
        total += np.exp(summed - top[:, None]).sum(1)
    return total.astype(np.float32)


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
