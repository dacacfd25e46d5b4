"""What a data set answers at one θ, and over all of them: the records that `threshold_index` gives."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Answered:
    """N rows at one θ.

    quality  mean score, or the area under the curve;  share  mean ρ over the tokens of rows that have a context
    answers, scores, confidence  (N,), as in `RowSteps`
    read     (N,) tokens that read;  reading_rows  share of all rows in which a token reads: only they need h encoded by
             an early router
    """

    theta: float
    share: float
    quality: float
    answers: np.ndarray
    scores: np.ndarray
    confidence: np.ndarray
    read: np.ndarray
    reading_rows: float


@dataclass(frozen=True, eq=False)
class Curve:
    """Quality and share at rising θ, (K,) each; between two neighbours both stay as at the smaller one."""

    thetas: np.ndarray
    shares: np.ndarray
    qualities: np.ndarray

    def front(self) -> np.ndarray:
        """Indices of the points that no other beats in quality at no larger share, by rising share."""
        order = np.lexsort((-self.qualities, self.shares))
        best = np.maximum.accumulate(self.qualities[order])
        return order[np.append(True, best[1:] > best[:-1])]

    def within(self, largest_share: float) -> int | None:
        """The point of the highest quality that merges at most this share; of equals the cheapest. None if none."""
        allowed = [i for i in self.front() if self.shares[i] <= largest_share]
        return int(allowed[-1]) if allowed else None

    def reaching(self, quality: float) -> int | None:
        """The cheapest point that reaches this quality; None where none does."""
        enough = [i for i in self.front() if self.qualities[i] >= quality]
        return int(enough[0]) if enough else None


@dataclass(frozen=True, eq=False)
class Calibration:
    """How often answers of a confidence are right. (B,) bins of equal width from 0 to 1; NaN in empty ones.

    error  Σ_b n_b/N |accuracy_b − confidence_b|, the expected calibration error (Naeini et al. 2015)
    """

    counts: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray
    error: float
