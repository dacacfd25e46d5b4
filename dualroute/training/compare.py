"""Routed against not routed: accuracy, share of tokens merged and controls, all from one pass over a data set."""

import numpy as np

from dualroute.interpret.corpus import RoutedRows
from dualroute.training.bootstrap import RowBootstrap
from dualroute.training.controls import STATIC, random_decision

THRESHOLDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
DRAWS = 20


class Comparison:
    """The numbers of one data set, as plain dicts for JSON.

    draws   how many times the gates are dealt out at random for each θ
    metric  what the mean of the rows' scores is called
    """

    def __init__(self, corpus: RoutedRows, draws: int = DRAWS, seed: int = 0, metric: str = "accuracy"):
        if draws < 1:
            raise ValueError(f"random gates need at least one draw, not {draws}")
        self.corpus, self.draws, self.seed = corpus, draws, seed
        self.bootstrap = RowBootstrap(len(corpus), seed, metric=metric)
        self.direct = self._score_under("direct")
        self.merged = self._score_under("merged")

    def summary(self, thresholds) -> dict:
        """`direct`, `merged`, `soft`, `thresholds` (one entry per θ) and `oracle`."""
        return {
            "direct": self.bootstrap.estimate(self.direct),
            "merged": self.bootstrap.estimate(self.merged),
            "soft": self.bootstrap.estimate(self._score_under("soft")) | {"share": _share(self.corpus.share("soft"))},
            "thresholds": [self.at_threshold(theta) for theta in sorted(set(thresholds))],
            "oracle": self.oracle(),
        }

    def at_threshold(self, theta: float) -> dict:
        """Policy `threshold` at θ beside random and static gates at the share it merges."""
        decision = self.corpus.decision("threshold", theta)
        share = self.corpus.mean_reading(decision[1])
        routed, dealt = self.corpus.score(*decision), self._random(decision)
        return {
            "theta": theta,
            "share": _share(share),
            **self.bootstrap.estimate(routed),
            "random": self.bootstrap.estimate(dealt),
            "static": {name: self._static(make(self.corpus, share)) for name, make in STATIC.items()},
            "minus_random": self.bootstrap.difference(routed, dealt),
            "minus_direct": self.bootstrap.difference(routed, self.direct),
            "minus_merged": self.bootstrap.difference(routed, self.merged),
        }

    def oracle(self) -> dict:
        """The best any row-by-row choice could do, and its cost: only rows that need the context are merged."""
        needed = self.merged > self.direct
        share = self.corpus.mean_reading(needed[self.corpus.row_of_token].astype(float))
        return self.bootstrap.estimate(np.maximum(self.direct, self.merged)) | {"share": _share(share)}

    def _score_under(self, policy: str) -> np.ndarray:
        return self.corpus.score(*self.corpus.decision(policy))

    def _random(self, decision) -> np.ndarray:
        """(draws, N). Seeded anew: the numbers of one θ do not depend on which others were asked for."""
        generator = np.random.default_rng(self.seed)
        return np.stack(
            [self.corpus.score(*random_decision(self.corpus, *decision, generator)) for _ in range(self.draws)]
        )

    def _static(self, rho: np.ndarray) -> dict:
        scores = self.corpus.score(np.ones_like(rho), rho)
        return self.bootstrap.estimate(scores) | {"share": _share(self.corpus.mean_reading(rho))}


def _share(share: float) -> float:
    return round(share, 6)
