"""From scores of every token to start and to end an answer, to the answer. Plain numpy; `assets/js` mirrors it."""

import numpy as np

LAST_BITS = 12  # of an answer's code that name the last token of a span


def best_span(scores: np.ndarray, longest: int) -> tuple[int, int]:
    """(i, j), the first and the last token of the answer, of scores (T,2) to start and to end one.

    The largest start_i + end_j with i ≤ j < i + longest; of equals the smallest i, and of those the smallest j.
    """
    first, last = best_spans(scores, np.full(len(scores), len(scores)), longest)
    best = int(np.argmax(scores[first, 0] + scores[last, 1]))
    return best, int(last[best])


def best_spans(scores: np.ndarray, row_ends: np.ndarray, longest: int) -> tuple[np.ndarray, np.ndarray]:
    """For each token of many rows, one after another, the best span that starts there: (first, last), (M,) each.

    scores    (M,2);  row_ends (M,) index behind the last token of each token's row
    """
    first = np.arange(len(scores))
    last, best = first.copy(), scores[:, 0] + scores[:, 1]
    for step in range(1, min(longest, len(scores))):
        summed = scores[:-step, 0] + scores[step:, 1]
        better = (summed > best[:-step]) & (first[step:] < row_ends[:-step])
        best[:-step][better], last[:-step][better] = summed[better], first[step:][better]
    return first, last


def span_scores(scores: np.ndarray, longest: int) -> np.ndarray:
    """(T,T) start_i + end_j of every span that is allowed, −∞ elsewhere; of scores (T,2)."""
    first, last = np.ogrid[: len(scores), : len(scores)]
    allowed = (first <= last) & (last < first + longest)
    return np.where(allowed, scores[:, 0, None] + scores[None, :, 1], -np.inf)


def span_text(text: str, offsets, span: tuple[int, int]) -> str:
    """The characters of `text` from the first token of `span` to its last; offsets (T,2) are the tokens' places."""
    return text[int(offsets[span[0]][0]) : int(offsets[span[1]][1])]


def span_code(first, last):
    """One number for the span of tokens `first` to `last` of a row."""
    return (first << LAST_BITS) | last


def span_of(code: int) -> tuple[int, int]:
    """First and last token of a span's code."""
    return int(code) >> LAST_BITS, int(code) & ((1 << LAST_BITS) - 1)
