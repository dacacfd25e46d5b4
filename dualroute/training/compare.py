"""Routed against not routed: accuracy, share of tokens merged and controls, all from one pass over a data set."""

import numpy as np

from dualroute.interpret.corpus import RoutedRows
from dualroute.training.bootstrap import RowBootstrap
from dualroute.training.controls import STATIC, random_decision
from dualroute.training.statistics import make_statistic

THRESHOLDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
FEW_THRESHOLDS = (0.05, 0.1, 0.3, 0.5, 0.7, 0.9)  # where every decision is a run of a decoder
DRAWS = 20


class Comparison:
    """The numbers of one data set, as plain dicts for JSON.

    draws   how many times the gates are dealt out at random for each θ
    metric  what is measured: `auc`, or what the mean of the rows' scores is called
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
        """`direct`, `merged`, `soft`, `thresholds` (an entry per θ), `oracle`; with three flows `context`, `select`."""
        return {
            "direct": self.bootstrap.estimate(self.direct),
            "merged": self.bootstrap.estimate(self.merged),
            **{policy: self.under(policy) for policy in self._policies()},
            "thresholds": [self.at_threshold(theta) for theta in sorted(set(thresholds))],
            "oracle": self.oracle(),
        }

    def at_threshold(self, theta: float) -> dict:
        """Policy `threshold` at θ beside random and static gates at the share it merges."""
        decision = self.corpus.decision("threshold", theta)
        share = self.corpus.mean_reading(decision[1])
        routed, dealt = self._scores(*decision), self._random(decision)
        static = {name: make(self.corpus, share) for name, make in STATIC.items()}
        fixed = {name: self._scores(np.ones_like(rho), rho) for name, rho in static.items()}
        best = max(fixed, key=lambda name: self.statistic.value(fixed[name]))
        return {
            "theta": theta,
            "share": _share(share),
            **self.bootstrap.estimate(routed),
            "random": self.bootstrap.estimate(dealt),
            "static": {name: self._spent(fixed[name], rho) for name, rho in static.items()},
            "minus_random": self.bootstrap.difference(routed, dealt),
            "minus_static": self.bootstrap.difference(routed, fixed[best]) | {"static": best},
            "minus_direct": self.bootstrap.difference(routed, self.direct),
            "minus_merged": self.bootstrap.difference(routed, self.merged),
        }

    def under(self, policy: str, theta: float = 0.5) -> dict:
        """Any policy by its name, without controls."""
        kappa, rho = self.corpus.decision(policy, theta)
        return self.bootstrap.estimate(self._scores(kappa, rho)) | {"share": _share(self.corpus.mean_reading(rho))}

    def _policies(self) -> tuple[str, ...]:
        """Those that stand beside each flow alone and the θs; with two flows `select` is θ = 0.5."""
        return ("soft",) if self.corpus.gates.shape[-1] == 2 else ("soft", "context", "select")

    def oracle(self) -> dict:
        """The best any row-by-row choice could do, and its cost: only rows that need the context are merged."""
        needed = self.statistic.better(self.merged, self.direct)
        share = self.corpus.mean_reading(needed[self.corpus.row_of_token].astype(float))
        return self.bootstrap.estimate(np.where(needed, self.merged, self.direct)) | {"share": _share(share)}

    def _score_under(self, policy: str) -> np.ndarray:
        return self._scores(*self.corpus.decision(policy))

    def _scores(self, kappa: np.ndarray, rho: np.ndarray) -> np.ndarray:
        return self.statistic.scores(self.corpus, kappa, rho)

    def _random(self, decision) -> np.ndarray:
        """(draws, N). Seeded anew: the numbers of one θ do not depend on which others were asked for."""
        generator = np.random.default_rng(self.seed)
        return np.stack([self._scores(*random_decision(self.corpus, *decision, generator)) for _ in range(self.draws)])

    def _spent(self, scores: np.ndarray, rho: np.ndarray) -> dict:
        return self.bootstrap.estimate(scores) | {"share": _share(self.corpus.mean_reading(rho))}


def _share(share: float) -> float:
    return round(share, 6)
