"""95 % intervals of mean scores, by resampling the rows of a data set."""

import numpy as np

RESAMPLES = 2000
QUANTILES = (0.025, 0.975)
DIGITS = 6


class RowBootstrap:
    """Percentile bootstrap over the same resamples of N rows for everything that is asked of it.

    Sharing the resamples makes differences paired, and the whole evaluation one matrix product. Scores are
    (N,), one per row, or (K,N) for K equally likely draws of a random decision: then every resample of the
    rows takes one of the draws, so that the interval covers both what the rows and what the draws vary.
    metric  the name under which a mean is given
    """

    def __init__(self, rows: int, seed: int = 0, resamples: int = RESAMPLES, metric: str = "accuracy"):
        if rows < 1:
            raise ValueError("there are no rows to take a mean of")
        generator = np.random.default_rng(seed)
        drawn = (generator.integers(rows, size=rows) for _ in range(resamples))
        self.counts = np.stack([np.bincount(picked, minlength=rows) for picked in drawn]).astype(np.float32)
        self.draw_order = generator.random(resamples)
        self.metric = metric

    def estimate(self, scores: np.ndarray) -> dict:
        """{<metric>: mean, ci: [low, high]} of scores (N,) or (K,N)."""
        return {self.metric: _rounded(np.mean(scores)), "ci": _interval(self._means(scores))}

    def difference(self, scores: np.ndarray, others: np.ndarray) -> dict:
        """{difference, ci: [low, high]} of the means of two scores of the same rows, paired."""
        difference = np.mean(scores) - np.mean(others)
        return {"difference": _rounded(difference), "ci": _interval(self._means(scores) - self._means(others))}

    def _means(self, scores: np.ndarray) -> np.ndarray:
        """(resamples,) mean of each resample; the same row and draw choices whatever the scores."""
        scores = np.atleast_2d(np.asarray(scores, dtype=np.float32))
        means = self.counts @ scores.T / np.float64(scores.shape[1])
        draw = (self.draw_order * len(scores)).astype(int)
        return means[np.arange(len(means)), draw]


def _interval(means: np.ndarray) -> list[float]:
    return [_rounded(bound) for bound in np.quantile(means, QUANTILES)]


def _rounded(value: float) -> float:
    """Digits behind the sixth are noise; leaving them out keeps stored results readable."""
    return round(float(value), DIGITS)
