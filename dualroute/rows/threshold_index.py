"""What a data set answers at one θ, and over all of them: the records that `threshold_index` gives.

A data set answered for any θ from sorted breakpoints: quality, share, calibration, and who changes between two θ.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from scipy.stats import rankdata

from dualroute.rows.states import RowSteps


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


BINS = 10
RECENT = 4  # θs whose states are kept: one is looked at from several sides


class ThresholdIndex:
    """Steps, sorted once, so that a θ costs one pass over the gates. `metric` is `auc`, or what a mean is called."""

    def __init__(self, steps: RowSteps, metric: str = "accuracy"):
        self.steps, self.metric = steps, metric
        if metric == "auc" and steps.margins is None:
            raise ValueError("the area under the curve is of two classes")
        if metric == "auc" and len(np.unique(steps.labels)) < 2:
            raise ValueError("all rows are of one class: there is no ranking to measure")
        self._readable = np.repeat(steps.readable, steps.lengths)
        self._ends = np.append(steps.starts, len(steps.gates))
        self.states = lru_cache(maxsize=RECENT)(self._states)

    def _states(self, theta: float) -> np.ndarray:
        """(N,) the state each row is in at θ, among all states. Raises ValueError for a θ outside [0, 1]."""
        _check(theta)
        closed = np.zeros(len(self.steps.gates) + 1, np.int32)
        np.cumsum(self.steps.gates <= theta, dtype=np.int32, out=closed[1:])
        states = self.steps.first_states + np.diff(closed[self._ends])
        states.flags.writeable = False  # shared by all who ask for this θ
        return states

    def at(self, theta: float) -> Answered:
        """Every row's answer at θ."""
        states, steps = self.states(theta), self.steps
        read = self._read(states)
        return Answered(
            theta=theta,
            share=self.share(theta),
            quality=self._quality(states),
            answers=steps.answers[states],
            scores=steps.scores[states],
            confidence=steps.confidence[states],
            read=read,
            reading_rows=float(np.mean((read > 0) & steps.readable)),
        )

    def share(self, theta: float) -> float:
        """Mean ρ over the tokens of rows that have a context."""
        gates, left = self._spent
        return float(left[np.searchsorted(gates, theta, "right")]) if len(gates) else 0.0

    def quality(self, theta: float) -> float:
        """As `at(θ).quality`; of a mean by one search."""
        if self.metric == "auc":
            return self._quality(self.states(theta))
        _check(theta)
        gates, means = self._means
        return float(means[np.searchsorted(gates, theta, "right")])

    def curve(self, thetas=None) -> Curve:
        """At the given θs; of a mean by default at 0 and every distinct gate below 1: all that can be had, exactly.

        Raises ValueError for an area without given θs: each costs a ranking.
        """
        if thetas is None and self.metric == "auc":
            raise ValueError("name the θs: each costs a ranking of all rows")
        if thetas is None:
            thetas = np.unique([0.0, *self.steps.gates[(self.steps.gates > 0) & (self.steps.gates < 1)]])
        thetas = np.asarray(thetas, float)
        values = [self.quality(theta) for theta in thetas] if self.metric == "auc" else self._mean_at(thetas)
        gates, left = self._spent
        shares = left[np.searchsorted(gates, thetas, "right")] if len(gates) else np.zeros(len(thetas))
        return Curve(thetas, shares, np.asarray(values))

    def changed(self, first: float, second: float) -> np.ndarray:
        """(N,) −1 where the second θ answers worse than the first, 1 where better, 0 where differently but as well;
        2 where the answer is the same."""
        before, after = self.states(first), self.states(second)
        steps = self.steps
        kinds = np.sign(steps.scores[after] - steps.scores[before]).astype(int)
        kinds[steps.answers[before] == steps.answers[after]] = 2
        return kinds

    def calibration(self, theta: float, bins: int = BINS) -> Calibration:
        """Of the probability of the answer that is given, at θ."""
        states = self.states(theta)
        confidence = self.steps.confidence[states].astype(float)
        right = self.steps.scores[states].astype(float)
        place = np.minimum((confidence * bins).astype(int), bins - 1)
        counts = np.bincount(place, minlength=bins)
        with np.errstate(invalid="ignore"):
            means = [np.bincount(place, values, bins) / counts for values in (confidence, right)]
        error = float(np.nansum(counts * np.abs(means[1] - means[0])) / counts.sum())
        return Calibration(counts, *means, error)

    def facets(self, theta: float, parts: np.ndarray) -> dict:
        """{part: {n, share, quality}} of rows told apart by `parts` (N,); of an area NaN where there is one class."""
        states, steps = self.states(theta), self.steps
        names, part = np.unique(parts, return_inverse=True)
        counts = np.bincount(part)
        able = np.bincount(part, steps.lengths * steps.readable)
        shares = np.bincount(part, self._spent_by_row(theta, states)) / np.maximum(able, 1)
        if self.metric == "auc":
            qualities = [self._quality(states, part == i) for i in range(len(names))]
        else:
            qualities = np.bincount(part, steps.scores[states]) / counts
        columns = (counts.tolist(), shares.tolist(), list(map(float, qualities)))
        found = (dict(zip(("n", "share", "quality"), row, strict=True)) for row in zip(*columns, strict=True))
        return dict(zip(names.tolist(), found, strict=True))

    def _read(self, states: np.ndarray) -> np.ndarray:
        """(N,) tokens that read in these states."""
        return self.steps.first_states + self.steps.lengths - states

    def _spent_by_row(self, theta: float, states: np.ndarray) -> np.ndarray:
        """(N,) sum of ρ over the tokens of rows that have a context."""
        steps = self.steps
        if steps.spent is None:
            return self._read(states) * steps.readable
        return np.add.reduceat((steps.gates > theta) * steps.spent, steps.starts) * steps.readable

    def _quality(self, states: np.ndarray, chosen=slice(None)) -> float:
        steps, states = self.steps, states[chosen]
        if self.metric != "auc":
            return float(np.mean(steps.scores[states], dtype=float))
        if not 0 < np.sum(steps.labels[chosen] == 1) < len(states):
            return float("nan")
        return _area(steps.margins[states], steps.labels[chosen] == 1)

    def _mean_at(self, thetas: np.ndarray) -> np.ndarray:
        gates, means = self._means
        return means[np.searchsorted(gates, thetas, "right")]

    @cached_property
    def _means(self) -> tuple[np.ndarray, np.ndarray]:
        """All gates, sorted, and the mean score before each of them and behind the last."""
        steps, rows = self.steps, np.repeat(np.arange(len(self.steps)), self.steps.lengths)
        before = np.arange(len(steps.gates)) + rows  # a token's state while it still reads; the next one is behind it
        gain = steps.scores[before + 1].astype(float) - steps.scores[before]
        order = np.argsort(steps.gates, kind="stable")
        total = steps.scores[steps.first_states].sum(dtype=float) + np.append(0.0, np.cumsum(gain[order]))
        return steps.gates[order], total / len(steps)

    @cached_property
    def _spent(self) -> tuple[np.ndarray, np.ndarray]:
        """Gates of the tokens that could read, sorted, and the mean ρ where those before each are closed."""
        steps, able = self.steps, self._readable
        spent = np.ones(len(steps.gates)) if steps.spent is None else steps.spent
        order = np.argsort(steps.gates[able], kind="stable")
        left = np.append(np.cumsum(spent[able][order][::-1])[::-1], 0.0)
        return steps.gates[able][order], left / max(1, able.sum())


def halves(rows: int) -> tuple[np.ndarray, np.ndarray]:
    """(N,) bool twice: every second row to choose θ on, and the others to tell what the choice is worth."""
    first = np.arange(rows) % 2 == 0
    return first, ~first


def _area(margins: np.ndarray, positive: np.ndarray) -> float:
    """Mann-Whitney: how often a row of the second class stands above one of the first, ties half."""
    ranks, count = rankdata(margins), int(positive.sum())
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * (len(margins) - count)))


def _check(theta: float) -> None:
    if not 0 <= theta <= 1:
        raise ValueError(f"threshold must lie in [0, 1], not {theta}")
