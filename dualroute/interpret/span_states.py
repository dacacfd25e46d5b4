"""The states of rows with an answer to find in x, see `row_steps`."""

import numpy as np

from dualroute.interpret.by_gate import ByGate
from dualroute.interpret.span_corpus import SpanCorpus
from dualroute.interpret.spans import best_spans, span_code, span_of


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
