"""A gate of a language model on rows with passages that fit and that do not: what reading gains, token by token.

The measure is the negative log-likelihood per token of the given answers. A gate reads where it exceeds θ; controls
read at the same share: at random (the mean over all draws, in closed form), every token by the same mixture, by the
gates without training, and the oracle, which knows the gains.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dualroute.families.context_lm.gate_rows import GROUPS, RIGHT, Measured

RESAMPLES = 2000
QUANTILES = (0.025, 0.975)
SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
BY_GATE = ("entropy", "divergence")


def evaluate_gate(measured: Measured, gates: np.ndarray, theta: float, seed: int = 0) -> dict[str, Any]:
    """Return the results of gates (N,): those on right passages, and under `groups` on each group and all of them.

    theta  the threshold chosen before, beside which the curve has one for each of `SHARES`
    """
    results = _results(measured.of(RIGHT), gates[_of_group(measured, (RIGHT,))], theta, seed)
    groups = {name: (name,) for name in GROUPS if name in measured.groups} | {"mixture": GROUPS}
    results["groups"] = {
        name: _results(measured.of(*parts), gates[_of_group(measured, parts)], theta, seed)
        for name, parts in groups.items()
    }
    return results


def _results(measured: Measured, gates: np.ndarray, theta: float, seed: int) -> dict[str, Any]:
    bootstrap = _Bootstrap(measured, seed)
    direct, merged = -measured.direct.astype(np.float64), -measured.merged.astype(np.float64)
    thetas = [float(np.quantile(gates, 1 - share)) for share in SHARES]
    return {
        "metric": "nll",
        "rows": len(measured.groups),
        "tokens": len(direct),
        "direct": bootstrap.estimate(direct),
        "merged": bootstrap.estimate(merged),
        "soft": bootstrap.estimate(_mixed(direct, merged, gates.astype(np.float64))),
        "oracle": bootstrap.estimate(np.minimum(direct, merged)),
        "chosen": _at(measured, gates, theta, direct, merged, bootstrap),
        "thresholds": [_at(measured, gates, one, direct, merged, bootstrap) for one in thetas],
    }


def _at(
    measured: Measured, gates: np.ndarray, theta: float, direct: np.ndarray, merged: np.ndarray, bootstrap: "_Bootstrap"
) -> dict[str, Any]:
    """One threshold with its controls at the same share of tokens that read."""
    reads = gates > theta
    share, own = float(reads.mean()), np.where(reads, merged, direct)
    others = {name: np.where(_most(measured.gates[name], reads.sum()), merged, direct) for name in BY_GATE}
    random = (1 - share) * direct + share * merged
    oracle = np.where(_most(measured.gains, reads.sum()), merged, direct)
    entry: dict[str, Any] = {"theta": theta, "share": share, **bootstrap.estimate(own)}
    entry["random"] = bootstrap.estimate(random)
    entry["static"] = bootstrap.estimate(_mixed(direct, merged, np.full(len(direct), share)))["nll"]
    entry |= {name: bootstrap.estimate(values)["nll"] for name, values in others.items()}
    entry["oracle"] = bootstrap.estimate(oracle)["nll"]
    against = others | {"direct": direct, "merged": merged, "random": random}
    entry["against"] = {name: bootstrap.difference(own, values) for name, values in against.items()}
    return entry


def _mixed(direct: np.ndarray, merged: np.ndarray, rho: np.ndarray) -> np.ndarray:
    """The negative log-likelihood (N,) of the mixture by weights ρ (N,)."""
    with np.errstate(divide="ignore"):
        return -np.logaddexp(np.log(1 - rho) - direct, np.log(rho) - merged)


def _most(values: np.ndarray, count: int) -> np.ndarray:
    """Which (N,) are the `count` largest."""
    chosen = np.zeros(len(values), dtype=bool)
    chosen[np.argsort(-values, kind="stable")[:count]] = True
    return chosen


def _of_group(measured: Measured, groups: Sequence[str]) -> np.ndarray:
    """Which (N,) tokens are of rows of these groups."""
    return np.isin(measured.groups[measured.rows], groups)


class _Bootstrap:
    """95% intervals of means per token, by resampling questions: rows of one question share its answer."""

    def __init__(self, measured: Measured, seed: int):
        _, self._question = np.unique(measured.questions[measured.rows], return_inverse=True)
        questions = int(self._question.max()) + 1
        drawn = np.random.default_rng(seed).integers(questions, size=(RESAMPLES, questions))
        self._counts = np.stack([np.bincount(one, minlength=questions) for one in drawn]).astype(np.float64)
        self._tokens = self._counts @ self._sums(np.ones(len(self._question)))

    def estimate(self, values: np.ndarray) -> dict[str, Any]:
        """The mean of values (N,), with its interval."""
        return {"nll": float(values.mean()), "ci": self._interval(values)}

    def difference(self, values: np.ndarray, others: np.ndarray) -> dict[str, Any]:
        """The mean difference of two values (N,), with its interval."""
        return {"difference": float((values - others).mean()), "ci": self._interval(values - others)}

    def _interval(self, values: np.ndarray) -> list[float]:
        means = self._counts @ self._sums(values) / self._tokens
        return [float(bound) for bound in np.quantile(means, QUANTILES)]

    def _sums(self, values: np.ndarray) -> np.ndarray:
        return np.bincount(self._question, values)
