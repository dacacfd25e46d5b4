"""Routing compared with its controls on one data set, and the choice of θ on held-out rows.

Controls are decisions that ignore the input and merge the same share of the M tokens as the router. Shares count only
the tokens of rows with a context, since the other tokens have nothing to read.
"""

from collections.abc import Callable

import numpy as np

from dualroute.evaluation.bootstrap import RowBootstrap
from dualroute.evaluation.statistics import MeanOfRows, make_statistic
from dualroute.rows.corpus import RoutedRows


def random_decision(corpus: RoutedRows, kappa: np.ndarray, rho: np.ndarray, generator: np.random.Generator):
    """Return the decisions κ, ρ (M,) permuted over the readable tokens of the data set: exactly the same share.

    If each row has one gate, whole rows exchange their decisions, because such a router never merges part of a row.
    Rows differ in length, so the share is then the same on average only.
    """
    if corpus.granularity == "sequence":
        return _permuted_by_row(corpus, kappa, rho, generator)
    tokens = np.flatnonzero(corpus.readable)
    permuted = generator.permutation(tokens)
    kappa, rho = kappa.copy(), rho.copy()
    kappa[tokens], rho[tokens] = kappa[permuted], rho[permuted]
    return kappa, rho


def _permuted_by_row(corpus: RoutedRows, kappa: np.ndarray, rho: np.ndarray, generator: np.random.Generator):
    rows = np.flatnonzero(corpus.has_context)
    source = np.arange(len(corpus))
    source[rows] = generator.permutation(rows)
    first = corpus.starts[source][corpus.row_of_token]  # first token of the row whose decision this token receives
    return kappa[first], rho[first]


def constant(corpus: RoutedRows, share: float) -> np.ndarray:
    """Return ρ (M,) = share for every token."""
    return np.full(len(corpus.gates), float(share))


def leading(corpus: RoutedRows, share: float) -> np.ndarray:
    """Return ρ (M,) that merges the tokens with the lowest positions in their rows; a fixed shuffle breaks ties."""
    tokens = np.flatnonzero(corpus.readable)
    shuffled = np.random.default_rng(0).random(len(tokens))
    order = np.lexsort((shuffled, corpus.position_in_row[tokens]))
    return _merge(corpus, tokens[order[: _budget(tokens, share)]])


def even(corpus: RoutedRows, share: float) -> np.ndarray:
    """Return ρ (M,) that merges readable tokens at equal distances through the whole data set."""
    tokens = np.flatnonzero(corpus.readable)
    budget = _budget(tokens, share)
    return _merge(corpus, tokens[((np.arange(budget) + 0.5) * len(tokens) / max(budget, 1)).astype(int)])


STATIC: dict[str, Callable[[RoutedRows, float], np.ndarray]] = {f.__name__: f for f in (constant, leading, even)}


def _budget(tokens: np.ndarray, share: float) -> int:
    return round(share * len(tokens))


def _merge(corpus: RoutedRows, tokens: np.ndarray) -> np.ndarray:
    """Return ρ (M,): 1 for `tokens`, 0 for all others."""
    rho = np.zeros(len(corpus.gates))
    rho[tokens] = 1
    return rho


THRESHOLDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
FEW_THRESHOLDS = (0.05, 0.1, 0.3, 0.5, 0.7, 0.9)  # for generated texts, where every decision reruns the decoder
DRAWS = 20  # of random gates


class RoutingEvaluation:
    """Routing compared with direct, merged and control decisions on one data set, as plain dicts for JSON.

    draws   number of random permutations of the gates for each θ
    metric  name of the statistic, see `make_statistic`
    Raises ValueError for fewer than one draw.
    """

    def __init__(self, corpus: RoutedRows, draws: int = DRAWS, seed: int = 0, metric: str = "accuracy"):
        if draws < 1:
            raise ValueError(f"random gates need at least one draw, not {draws}")
        self.corpus, self.draws, self.seed = corpus, draws, seed
        self.statistic = make_statistic(metric, corpus)
        self.bootstrap = RowBootstrap(len(corpus), seed, statistic=self.statistic)
        self.direct = self._score_under("direct")
        self.merged = self._score_under("merged")

    def summary(self, thresholds) -> dict:
        """Return the entries `direct`, `merged`, `soft`, `thresholds` (a list, one entry for each θ) and `oracle`.

        With three flows, `context` and `select` as well.
        """
        return {
            "direct": self.bootstrap.estimate(self.direct),
            "merged": self.bootstrap.estimate(self.merged),
            **{policy: self.under(policy) for policy in self._policies()},
            "thresholds": [self.at_threshold(theta) for theta in sorted(set(thresholds))],
            "oracle": self.oracle(),
        }

    def at_threshold(self, theta: float) -> dict:
        """Return the entry of policy `threshold` at θ, with random and static gates at the same share."""
        decision = self.corpus.decision("threshold", theta)
        share = self.corpus.mean_reading(decision[1])
        routed, random = self._scores(*decision), self._random(decision)
        static = {name: make(self.corpus, share) for name, make in STATIC.items()}
        fixed = {name: self._scores(np.ones_like(rho), rho) for name, rho in static.items()}
        best = max(fixed, key=lambda name: self.statistic.value(fixed[name]))
        return {
            "theta": theta,
            "share": _share(share),
            **self.bootstrap.estimate(routed),
            "random": self.bootstrap.estimate(random),
            "static": {name: self._with_share(fixed[name], rho) for name, rho in static.items()},
            "minus_random": self.bootstrap.difference(routed, random),
            "minus_static": self.bootstrap.difference(routed, fixed[best]) | {"static": best},
            "minus_direct": self.bootstrap.difference(routed, self.direct),
            "minus_merged": self.bootstrap.difference(routed, self.merged),
        }

    def under(self, policy: str, theta: float = 0.5) -> dict:
        """Return the entry of any policy, without controls."""
        kappa, rho = self.corpus.decision(policy, theta)
        return self.bootstrap.estimate(self._scores(kappa, rho)) | {"share": _share(self.corpus.mean_reading(rho))}

    def _policies(self) -> tuple[str, ...]:
        """Policies reported besides `direct`, `merged` and `threshold`; with two flows `select` equals θ = 0.5."""
        return ("soft",) if self.corpus.gates.shape[-1] == 2 else ("soft", "context", "select")

    def oracle(self) -> dict:
        """Return the entry of the best choice between direct and merged for each row, made with the labels known."""
        needed = self.statistic.better(self.merged, self.direct)
        share = self.corpus.mean_reading(needed[self.corpus.row_of_token].astype(float))
        return self.bootstrap.estimate(np.where(needed, self.merged, self.direct)) | {"share": _share(share)}

    def _score_under(self, policy: str) -> np.ndarray:
        return self._scores(*self.corpus.decision(policy))

    def _scores(self, kappa: np.ndarray, rho: np.ndarray) -> np.ndarray:
        return self.statistic.scores(self.corpus, kappa, rho)

    def _random(self, decision: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        """Return scores (draws,N). The generator is seeded for each θ, so that a result does not depend on other θ."""
        generator = np.random.default_rng(self.seed)
        return np.stack([self._scores(*random_decision(self.corpus, *decision, generator)) for _ in range(self.draws)])

    def _with_share(self, scores: np.ndarray, rho: np.ndarray) -> dict:
        return self.bootstrap.estimate(scores) | {"share": _share(self.corpus.mean_reading(rho))}


def _share(share: float) -> float:
    return round(share, 6)


GRID = tuple(round(0.01 * step, 2) for step in range(1, 100))
FEW = 12  # candidates for generated texts


def choose_threshold(corpus: RoutedRows, metric: str = "accuracy", largest_share: float = 0.25) -> dict:
    """Return {theta, share, <metric>} of the best θ that merges at most `largest_share` of the tokens.

    The best θ has the highest metric; ties go to the smaller share, and then to the middle θ, away from the edges of
    the tied range. If every θ merges more than `largest_share`, the one that merges least is returned.
    """
    if not np.isfinite(corpus.gates).all():
        raise ValueError(
            "the gates are no numbers (NaN): the training diverged, so lower --learning-rate; or the backbone gives NaN"
        )
    statistic = make_statistic(metric, corpus)
    decisions = [_decision(corpus, theta) for theta in _candidates(corpus)]
    limit = max(largest_share, min(decision["share"] for decision in decisions))
    affordable = [_measured(corpus, decision, statistic) for decision in decisions if decision["share"] <= limit]
    best = max((point["score"], -point["share"]) for point in affordable)
    equals = [point for point in affordable if (point["score"], -point["share"]) == best]
    best_point = equals[len(equals) // 2]
    return {"theta": best_point["theta"], "share": best_point["share"], metric: best_point["score"]}


def _candidates(corpus: RoutedRows) -> tuple[float, ...]:
    """Return the grid of θ; for generated texts, a few of its values at about equal steps of the share."""
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
