"""Decode an answer in the text from each token's scores to start and to end it; `core/spans.ts` does the same."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

LAST_BITS = 12  # bits of a span's code that hold its last token

Index = TypeVar("Index", int, np.ndarray)


def best_span(scores: np.ndarray, longest: int) -> tuple[int, int]:
    """(i, j), the first and the last token of the best span, for scores (T,2) to start and to end one.

    It has the largest start_i + end_j with i ≤ j < i + longest; among equals the smallest i, then the smallest j.
    """
    first, last = best_spans(scores, np.full(len(scores), len(scores)), longest)
    best = int(np.argmax(scores[first, 0] + scores[last, 1]))
    return best, int(last[best])


def best_spans(scores: np.ndarray, row_ends: np.ndarray, longest: int) -> tuple[np.ndarray, np.ndarray]:
    """(first, last), (M,) each: for each of the M tokens of many rows, the best span that starts there.

    scores    (M,2), one row's tokens after another's
    row_ends  (M,) index after the last token of each token's row
    """
    first = np.arange(len(scores))
    last, best = first.copy(), scores[:, 0] + scores[:, 1]
    for step in range(1, min(longest, len(scores))):
        summed = scores[:-step, 0] + scores[step:, 1]
        better = (summed > best[:-step]) & (first[step:] < row_ends[:-step])
        best[:-step][better], last[:-step][better] = summed[better], first[step:][better]
    return first, last


def span_scores(scores: np.ndarray, longest: int) -> np.ndarray:
    """(T,T) start_i + end_j of every allowed span and −∞ elsewhere, for scores (T,2)."""
    first, last = np.ogrid[: len(scores), : len(scores)]
    allowed = (first <= last) & (last < first + longest)
    return np.where(allowed, scores[:, 0, None] + scores[None, :, 1], -np.inf)


def span_text(text: str, offsets: Sequence[Sequence[int]], span: tuple[int, int]) -> str:
    """The characters of `text` from the first token of `span` to its last; offsets (T,2) are the tokens' characters."""
    return text[int(offsets[span[0]][0]) : int(offsets[span[1]][1])]


def span_code(first: Index, last: Index) -> Index:
    """The span of tokens `first` to `last` of a row as one number; arrays give an array."""
    return (first << LAST_BITS) | last


def span_of(code: int) -> tuple[int, int]:
    """The first and the last token of the span with this code."""
    return int(code) >> LAST_BITS, int(code) & ((1 << LAST_BITS) - 1)
