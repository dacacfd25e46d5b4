"""95% confidence intervals of a statistic of the rows' scores, by resampling the rows (percentile bootstrap)."""

from collections import deque

import numpy as np
from scipy.stats import binomtest

from dualroute.evaluation.statistics import MeanOfRows

RESAMPLES = 2000
QUANTILES = (0.025, 0.975)
DIGITS = 6
RECENT = 8  # cached results: one decision is compared with many others


class RowBootstrap:
    """Percentile bootstrap that uses the same resamples of N rows for every estimate and difference.

    Shared resamples make differences paired, and reduce the evaluation of means to one matrix product. Scores are
    (N,), one per row, or (K,N) for K equally likely draws of a random decision; every resample then uses one of
    the draws, so that the interval covers the variation of rows and of draws.

    rows       number N of rows
    statistic  statistic of the scores; by default their mean under the name `accuracy`
    Raises ValueError for fewer than one row.
    """

    def __init__(self, rows: int, seed: int = 0, resamples: int = RESAMPLES, statistic: MeanOfRows | None = None):
        if rows < 1:
            raise ValueError("there are no rows to take a mean of")
        generator = np.random.default_rng(seed)
        resampled = (generator.integers(rows, size=rows) for _ in range(resamples))
        self.counts = np.stack([np.bincount(indices, minlength=rows) for indices in resampled]).astype(np.float32)
        self.draw_order = generator.random(resamples)
        self.statistic = statistic or MeanOfRows("accuracy")
        self._recent = deque(maxlen=RECENT)  # (scores, statistic of each resample), least recently used first

    def estimate(self, scores: np.ndarray) -> dict:
        """Return {<metric>: value, ci: [low, high]} of scores (N,) or (K,N), with the statistic's extra metrics."""
        bounds = _wilson_interval(scores) if self.statistic.counts_rows else None
        entry = {
            self.statistic.metric: _rounded(self.statistic.value(scores)),
            "ci": bounds or _interval(self._resampled(scores)),
        }
        return entry | self.statistic.extra_metrics(scores)

    def difference(self, scores: np.ndarray, others: np.ndarray) -> dict:
        """Return {difference, ci: [low, high]} of the statistic for two scores of the same rows, paired."""
        difference = self.statistic.value(scores) - self.statistic.value(others)
        return {"difference": _rounded(difference), "ci": _interval(self._resampled(scores) - self._resampled(others))}

    def _resampled(self, scores: np.ndarray) -> np.ndarray:
        """Return the statistic (resamples,) of each resample."""
        for place, (earlier, values) in enumerate(self._recent):
            if earlier is scores:
                del self._recent[place]
                self._recent.append((earlier, values))  # move to the end
                return values
        rows = np.atleast_2d(scores)
        values = self.statistic.resampled(self.counts, rows, (self.draw_order * len(rows)).astype(int))
        self._recent.append((scores, values))
        return values


def _wilson_interval(scores: np.ndarray) -> list[float] | None:
    """Return Wilson's interval if rows (N,) are all correct or all wrong, so that resamples do not vary; else None."""
    scores = np.asarray(scores)
    if scores.ndim > 1 or not ((scores == 0).all() or (scores == 1).all()):
        return None
    interval = binomtest(int(scores.sum()), len(scores)).proportion_ci(method="wilson")
    return [_rounded(interval.low), _rounded(interval.high)]


def _interval(means: np.ndarray) -> list[float]:
    return [_rounded(bound) for bound in np.quantile(means, QUANTILES)]


def _rounded(value: float) -> float:
    """Round to six digits; further ones are noise and make stored results hard to read."""
    return round(float(value), DIGITS)
