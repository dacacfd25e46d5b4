"""A data set at any θ, from sorted gates: quality, share, calibration, and the rows that change between two θ."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from scipy.stats import rankdata  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

from dualroute.rows.states import ThresholdStates
from dualroute.values import items, real_number, text, threshold_number, threshold_numbers, whole_number


@dataclass(frozen=True, eq=False)
class ThresholdResult:
    """N rows at one θ.

    share         mean ρ over the tokens of rows that have a context
    quality       mean score, or the area under the curve
    answers, scores, confidence  (N,), as in `ThresholdStates`
    read          (N,) number of tokens that read
    reading_rows  share of all rows in which a token reads: an early router encodes h for these alone
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
        """Indices of the points with the highest quality among those of no larger share, by rising share."""
        order = np.lexsort((-self.qualities, self.shares))
        best = np.maximum.accumulate(self.qualities[order])
        return order[np.append(True, best[1:] > best[:-1])]

    def within(self, largest_share: float) -> int | None:
        """Index of the best point that merges at most this share, the cheapest among equals; None if there is none."""
        most = real_number(largest_share, "largest_share")
        allowed = [i for i in self.front() if self.shares[i] <= most]
        return int(allowed[-1]) if allowed else None

    def reaching(self, quality: float) -> int | None:
        """Index of the cheapest point that reaches this quality; None where none does."""
        least = real_number(quality, "quality")
        enough = [i for i in self.front() if self.qualities[i] >= least]
        return int(enough[0]) if enough else None


@dataclass(frozen=True, eq=False)
class Calibration:
    """Accuracy by confidence, in B bins of equal width from 0 to 1, (B,) each; NaN in empty bins.

    error  Σ_b n_b/N |accuracy_b − confidence_b|, the expected calibration error (Naeini et al. 2015)
    """

    counts: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray
    error: float


BINS = 10
RECENT = 4  # number of θ whose states are cached, since several measures ask for the same θ


class ThresholdIndex:
    """The states of rows, sorted once, so that a θ costs one pass over the gates.

    metric  `auc`, or the name of the mean score
    """

    def __init__(self, steps: ThresholdStates, metric: str = "accuracy"):
        self.steps, self.metric = steps, text(metric, "metric")
        if metric == "auc" and steps.margins is None:
            raise ValueError("the area under the curve is of two classes")
        if metric == "auc" and len(np.unique(steps.labels)) < 2:
            raise ValueError("all rows are of one class: there is no ranking to measure")
        self._readable = np.repeat(steps.readable, steps.lengths)
        self._ends = np.append(steps.starts, len(steps.gates))
        self._cached_states = lru_cache(maxsize=RECENT)(self._states)

    def states(self, theta: float) -> np.ndarray:
        """(N,) index of each row's state at θ, among all states. Raises ValueError for a θ outside [0, 1]."""
        return self._cached_states(threshold_number(theta))

    def _states(self, theta: float) -> np.ndarray:
        closed = np.zeros(len(self.steps.gates) + 1, np.int32)
        np.cumsum(self.steps.gates <= theta, dtype=np.int32, out=closed[1:])
        states = self.steps.first_states + np.diff(closed[self._ends])
        states.flags.writeable = False  # cached
        return states

    def at(self, theta: float) -> ThresholdResult:
        """Every row's answer at θ."""
        theta = threshold_number(theta)
        states, steps = self.states(theta), self.steps
        read = self._read(states)
        return ThresholdResult(
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
        """Mean ρ over the tokens of rows that have a context. Raises ValueError for a θ outside [0, 1]."""
        theta = threshold_number(theta)
        gates, left = self._spent
        return float(left[np.searchsorted(gates, theta, "right")]) if len(gates) else 0.0

    def quality(self, theta: float) -> float:
        """`at(θ).quality`; for a mean it costs one search."""
        if self.metric == "auc":
            return self._quality(self.states(theta))
        theta = threshold_number(theta)
        gates, means = self._means
        return float(means[np.searchsorted(gates, theta, "right")])

    def curve(self, thetas: Sequence[float] | np.ndarray | None = None) -> Curve:
        """Quality and share at these θ; for a mean by default at 0 and at every distinct gate below 1, which is exact.

        Raises ValueError for a θ outside [0, 1], and for an area without θ: each costs a ranking.
        """
        if thetas is None and self.metric == "auc":
            raise ValueError("name the θs: each costs a ranking of all rows")
        if thetas is None:
            thetas = np.unique([0.0, *self.steps.gates[(self.steps.gates > 0) & (self.steps.gates < 1)]])
        thetas = threshold_numbers(thetas)
        values = [self.quality(theta) for theta in thetas] if self.metric == "auc" else self._mean_at(thetas)
        gates, left = self._spent
        shares = left[np.searchsorted(gates, thetas, "right")] if len(gates) else np.zeros(len(thetas))
        return Curve(thetas, shares, np.asarray(values))

    def changed(self, first: float, second: float) -> np.ndarray:
        """(N,) −1, 0 or 1 where the answer at the second θ is worse, as good or better; 2 where it is the same."""
        before, after = self.states(first), self.states(second)
        steps = self.steps
        kinds = np.sign(steps.scores[after] - steps.scores[before]).astype(int)
        kinds[steps.answers[before] == steps.answers[after]] = 2
        return kinds

    def calibration(self, theta: float, bins: int = BINS) -> Calibration:
        """Calibration of the probability of the answer at θ. Raises ValueError for a θ outside [0, 1], or no bins."""
        bins = whole_number(bins, "bins", 1)
        states = self.states(theta)
        confidence = self.steps.confidence[states].astype(float)
        right = self.steps.scores[states].astype(float)
        place = np.minimum((confidence * bins).astype(int), bins - 1)
        counts = np.bincount(place, minlength=bins)
        with np.errstate(invalid="ignore"):
            mean_confidence, accuracy = (np.bincount(place, values, bins) / counts for values in (confidence, right))
        error = float(np.nansum(counts * np.abs(accuracy - mean_confidence)) / counts.sum())
        return Calibration(counts, mean_confidence, accuracy, error)

    def facets(self, theta: float, parts: Sequence[Any] | np.ndarray) -> dict[Any, dict[str, Any]]:
        """{part: {n, share, quality}} of the rows by their part, (N,); an area is NaN where a part has one class."""
        theta, steps = threshold_number(theta), self.steps
        states = self.states(theta)
        given = parts if isinstance(parts, np.ndarray) else np.asarray(items(parts, "parts", "one for each row"))
        if given.shape != (len(steps),):
            raise ValueError(f"parts have shape {given.shape}, expected ({len(steps)},)")
        names, part = np.unique(given, return_inverse=True)
        counts = np.bincount(part)
        able = np.bincount(part, steps.lengths * steps.readable)
        shares = np.bincount(part, self._spent_by_row(theta, states)) / np.maximum(able, 1)
        if self.metric == "auc":
            qualities = np.array([self._quality(states, part == i) for i in range(len(names))])
        else:
            qualities = np.bincount(part, steps.scores[states]) / counts
        columns = zip(names.tolist(), counts.tolist(), shares.tolist(), qualities.tolist(), strict=True)
        return {name: {"n": n, "share": share, "quality": quality} for name, n, share, quality in columns}

    def _read(self, states: np.ndarray) -> np.ndarray:
        """(N,) tokens that read in these states."""
        return self.steps.first_states + self.steps.lengths - states

    def _spent_by_row(self, theta: float, states: np.ndarray) -> np.ndarray:
        """(N,) sum of ρ over the tokens of rows that have a context."""
        steps = self.steps
        if steps.spent is None:
            return self._read(states) * steps.readable
        return np.add.reduceat((steps.gates > theta) * steps.spent, steps.starts) * steps.readable

    def _quality(self, states: np.ndarray, chosen: slice | np.ndarray = slice(None)) -> float:
        steps, states = self.steps, states[chosen]
        if self.metric != "auc" or steps.margins is None:
            return float(np.mean(steps.scores[states], dtype=float))
        if not 0 < np.sum(steps.labels[chosen] == 1) < len(states):
            return float("nan")
        return _area(steps.margins[states], steps.labels[chosen] == 1)

    def _mean_at(self, thetas: np.ndarray) -> np.ndarray:
        gates, means = self._means
        return means[np.searchsorted(gates, thetas, "right")]

    @cached_property
    def _means(self) -> tuple[np.ndarray, np.ndarray]:
        """All gates, sorted, and the mean score before each of them and after the last."""
        steps, rows = self.steps, np.repeat(np.arange(len(self.steps)), self.steps.lengths)
        before = np.arange(len(steps.gates)) + rows  # the last state in which a token reads
        gain = steps.scores[before + 1].astype(float) - steps.scores[before]
        order = np.argsort(steps.gates, kind="stable")
        total = steps.scores[steps.first_states].sum(dtype=float) + np.append(0.0, np.cumsum(gain[order]))
        return steps.gates[order], total / len(steps)

    @cached_property
    def _spent(self) -> tuple[np.ndarray, np.ndarray]:
        """Gates of the tokens that can read, sorted, and the mean ρ while those before each are closed."""
        steps, able = self.steps, self._readable
        spent = np.ones(len(steps.gates)) if steps.spent is None else steps.spent
        order = np.argsort(steps.gates[able], kind="stable")
        left = np.append(np.cumsum(spent[able][order][::-1])[::-1], 0.0)
        return steps.gates[able][order], left / max(1, able.sum())


def halves(rows: int) -> tuple[np.ndarray, np.ndarray]:
    """(N,) bool twice: every second row to choose θ on, and the others to measure the choice."""
    first = np.arange(rows) % 2 == 0
    return first, ~first


def _area(margins: np.ndarray, positive: np.ndarray) -> float:
    """Area under the curve by Mann-Whitney: how often a positive row has the larger margin, ties count half."""
    ranks, count = np.asarray(rankdata(margins)), int(positive.sum())
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * (len(margins) - count)))
