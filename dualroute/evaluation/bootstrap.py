"""95 % intervals of a statistic of the rows' scores, by resampling the rows of a data set."""

from collections import deque

import numpy as np
from scipy.stats import binomtest

from dualroute.evaluation.statistics import MeanOfRows

RESAMPLES = 2000
QUANTILES = (0.025, 0.975)
DIGITS = 6
RECENT = 8


class RowBootstrap:
    """Percentile bootstrap over the same resamples of N rows for everything that is asked of it.

    Sharing the resamples makes differences paired, and an evaluation by means one matrix product. Scores are
    (N,), one per row, or (K,N) for K equally likely draws of a random decision: then every resample of the
    rows takes one of the draws, so that the interval covers both what the rows and what the draws vary.
    statistic  what is made of the scores, and its name; their mean, as `accuracy`, if not given
    """

    def __init__(self, rows: int, seed: int = 0, resamples: int = RESAMPLES, statistic: MeanOfRows | None = None):
        if rows < 1:
            raise ValueError("there are no rows to take a mean of")
        generator = np.random.default_rng(seed)
        drawn = (generator.integers(rows, size=rows) for _ in range(resamples))
        self.counts = np.stack([np.bincount(picked, minlength=rows) for picked in drawn]).astype(np.float32)
        self.draw_order = generator.random(resamples)
        self.statistic = statistic or MeanOfRows("accuracy")
        self._recent = deque(maxlen=RECENT)  # scores and what was found of them: one decision is compared with many

    def estimate(self, scores: np.ndarray) -> dict:
        """{<metric>: value, ci: [low, high]} of scores (N,) or (K,N), and what the statistic shows beside it."""
        bounds = _all_alike(scores) if self.statistic.counts_rows else None
        found = {
            self.statistic.metric: _rounded(self.statistic.value(scores)),
            "ci": bounds or _interval(self._resampled(scores)),
        }
        return found | self.statistic.beside(scores)

    def difference(self, scores: np.ndarray, others: np.ndarray) -> dict:
        """{difference, ci: [low, high]} of the statistic of two scores of the same rows, paired."""
        difference = self.statistic.value(scores) - self.statistic.value(others)
        return {"difference": _rounded(difference), "ci": _interval(self._resampled(scores) - self._resampled(others))}

    def _resampled(self, scores: np.ndarray) -> np.ndarray:
        """(resamples,) the statistic of each resample; the same row and draw choices whatever the scores."""
        for place, (known, found) in enumerate(self._recent):
            if known is scores:
                del self._recent[place]  # to the end with it: it may be asked for again
                self._recent.append((known, found))
                return found
        rows = np.atleast_2d(scores)
        found = self.statistic.resampled(self.counts, rows, (self.draw_order * len(rows)).astype(int))
        self._recent.append((scores, found))
        return found


def _all_alike(scores: np.ndarray) -> list[float] | None:
    """Wilson's interval of rows (N,) all right or all wrong, for all their resamples are alike; else None."""
    scores = np.asarray(scores)
    if scores.ndim > 1 or not ((scores == 0).all() or (scores == 1).all()):
        return None
    found = binomtest(int(scores.sum()), len(scores)).proportion_ci(method="wilson")
    return [_rounded(found.low), _rounded(found.high)]


def _interval(means: np.ndarray) -> list[float]:
    return [_rounded(bound) for bound in np.quantile(means, QUANTILES)]


def _rounded(value: float) -> float:
    """Digits behind the sixth are noise; leaving them out keeps stored results readable."""
    return round(float(value), DIGITS)
