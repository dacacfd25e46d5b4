"""The states of rows to classify, see `row_steps`."""

import numpy as np

from dualroute.interpret.by_gate import ByGate
from dualroute.interpret.corpus import Corpus

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
