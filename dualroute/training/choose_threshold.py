"""The θ a checkpoint is used with, chosen on held-out rows."""

import numpy as np

from dualroute.interpret.corpus import Corpus

GRID = tuple(round(0.01 * step, 2) for step in range(1, 100))
LARGEST_SHARE = 0.25


def choose_threshold(corpus: Corpus, largest_share: float = LARGEST_SHARE) -> dict:
    """{theta, share, accuracy} of the best θ that merges at most `largest_share` of the tokens.

    The best is the most accurate; of equals the one that merges less, and of those the middle one, so that the
    choice does not stand at an edge. Where every θ merges more, the one that merges least is taken.
    """
    measured = [_measure(corpus, theta) for theta in GRID]
    affordable = [point for point in measured if point["share"] <= largest_share]
    if not affordable:
        least = min(point["share"] for point in measured)
        affordable = [point for point in measured if point["share"] == least]
    best = max((point["accuracy"], -point["share"]) for point in affordable)
    equals = [point for point in affordable if (point["accuracy"], -point["share"]) == best]
    return equals[len(equals) // 2]


def _measure(corpus: Corpus, theta: float) -> dict:
    kappa, rho = corpus.decision("threshold", theta)
    accuracy = float(np.mean(corpus.correct(kappa, rho)))
    return {"theta": theta, "share": corpus.mean_reading(rho), "accuracy": accuracy}
