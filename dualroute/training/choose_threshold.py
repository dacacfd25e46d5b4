"""The θ a checkpoint is used with, chosen on held-out rows."""

from dualroute.interpret.corpus import RoutedRows
from dualroute.training.statistics import MeanOfRows, make_statistic

GRID = tuple(round(0.01 * step, 2) for step in range(1, 100))


def choose_threshold(corpus: RoutedRows, metric: str = "accuracy", largest_share: float = 0.25) -> dict:
    """{theta, share, <metric>} of the best θ that merges at most `largest_share` of the tokens.

    The best has the highest metric; of equals the one that merges less, and of those the middle one, so that the
    choice does not stand at an edge. Where every θ merges more, the one that merges least is taken.
    """
    statistic = make_statistic(metric, corpus)
    measured = [_measure(corpus, theta, statistic) for theta in GRID]
    affordable = [point for point in measured if point["share"] <= largest_share]
    if not affordable:
        least = min(point["share"] for point in measured)
        affordable = [point for point in measured if point["share"] == least]
    best = max((point["score"], -point["share"]) for point in affordable)
    equals = [point for point in affordable if (point["score"], -point["share"]) == best]
    chosen = equals[len(equals) // 2]
    return {"theta": chosen["theta"], "share": chosen["share"], metric: chosen["score"]}


def _measure(corpus: RoutedRows, theta: float, statistic: MeanOfRows) -> dict:
    kappa, rho = corpus.decision("threshold", theta)
    score = float(statistic.value(statistic.scores(corpus, kappa, rho)))
    return {"theta": theta, "share": corpus.mean_reading(rho), "score": score}
