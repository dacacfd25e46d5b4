"""The θ a checkpoint is used with, chosen on held-out rows."""

import numpy as np

from dualroute.interpret.corpus import RoutedRows
from dualroute.training.statistics import MeanOfRows, make_statistic

GRID = tuple(round(0.01 * step, 2) for step in range(1, 100))
FEW = 12


def choose_threshold(corpus: RoutedRows, metric: str = "accuracy", largest_share: float = 0.25) -> dict:
    """{theta, share, <metric>} of the best θ that merges at most `largest_share` of the tokens.

    The best has the highest metric; of equals the one that merges less, and of those the middle one, so that the
    choice does not stand at an edge. Where every θ merges more, the one that merges least is taken.
    """
    statistic = make_statistic(metric, corpus)
    decisions = [_decision(corpus, theta) for theta in _distinct(corpus)]
    limit = max(largest_share, min(decision["share"] for decision in decisions))
    affordable = [_measured(corpus, decision, statistic) for decision in decisions if decision["share"] <= limit]
    best = max((point["score"], -point["share"]) for point in affordable)
    equals = [point for point in affordable if (point["score"], -point["share"]) == best]
    chosen = equals[len(equals) // 2]
    return {"theta": chosen["theta"], "share": chosen["share"], metric: chosen["score"]}


def _distinct(corpus: RoutedRows) -> tuple[float, ...]:
    """The grid; where every decision costs a run of a decoder, some of it, at about equal steps of the share."""
    if not corpus.reruns:
        return GRID
    shares = np.array([corpus.share("threshold", theta) for theta in GRID])
    near = [int(np.abs(shares - share).argmin()) for share in np.linspace(shares.min(), shares.max(), FEW)]
    return tuple(GRID[i] for i in sorted(set(near)))


def _decision(corpus: RoutedRows, theta: float) -> dict:
    kappa, rho = corpus.decision("threshold", theta)
    return {"theta": theta, "share": corpus.mean_reading(rho), "weights": (kappa, rho)}


def _measured(corpus: RoutedRows, decision: dict, statistic: MeanOfRows) -> dict:
    return decision | {"score": float(statistic.value(statistic.scores(corpus, *decision["weights"])))}
