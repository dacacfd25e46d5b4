"""What a decision leads to: the routes that the tokens take, and the answer."""

from dataclasses import dataclass

import numpy as np

from dualroute.trace.decision import Decision
from dualroute.trace.policies import kappa_rho

TOLERANCE = 1e-5  # float32 sums in another order may differ by this much, relative


@dataclass(frozen=True, eq=False)
class RoutesTaken:
    """Which route every token takes. L layers, T tokens, R routes.

    routes    names of the R routes
    weights   (L,T,R) weight of each route, after policy and overrides; sums to 1 over the routes
    decision  the decision, with nothing left open
    """

    routes: tuple[str, ...]
    weights: np.ndarray
    decision: Decision

    @property
    def flow_weights(self) -> np.ndarray:
        """(T,R) weights in the last layer."""
        return self.weights[-1]

    @property
    def kappa(self) -> np.ndarray:
        """(T,) weight of each token's direct part, in the last layer."""
        return kappa_rho(self.flow_weights)[0]

    @property
    def rho(self) -> np.ndarray:
        """(T,) weight of what each token reads, in the last layer."""
        return kappa_rho(self.flow_weights)[1]

    @property
    def flows_taken(self) -> tuple[str, ...]:
        """T names; `mixed` where no route has all the weight."""
        return tuple(self.routes[int(np.argmax(row))] if row.max() == 1 else "mixed" for row in self.flow_weights)

    @property
    def shares(self) -> dict[str, float]:
        """Mean weight of each route over the tokens of the last layer."""
        return dict(zip(self.routes, self.flow_weights.mean(0).tolist(), strict=True))

    @property
    def policy(self) -> str:
        """The policy that decided."""
        return self.decision.policy

    @property
    def threshold(self) -> float:
        """θ."""
        return float(self.decision.threshold)

    @property
    def overrides(self) -> dict[int, str]:
        """{token: route} of the overrides in the first layer."""
        return self.decision.flips

    @property
    def ignored(self) -> tuple[int, ...]:
        """Context tokens that are not read."""
        return self.decision.ignored


@dataclass(frozen=True, eq=False)
class Outcome(RoutesTaken):
    """What a decision leads to.

    logits, probs  (C,) float64. For a span (T,2), each column a softmax over the tokens. For a given text (T,), the
                   log-probability and the probability of each of its tokens
    label          the predicted class, the answer's words, or the given text
    label_index    the predicted class; None for other answers
    span           the answer's first and last token; None for other answers
    probability    of `label`: among the classes, or among all allowed spans; for a given text the geometric mean over
                   its tokens
    tie            the two largest logits, or scores of spans, are closer than rounding can tell apart
    """

    logits: np.ndarray
    probs: np.ndarray
    label: str
    label_index: int | None = None
    span: tuple[int, int] | None = None
    probability: float = float("nan")
    tie: bool = False

    @property
    def answer(self) -> int | tuple[int, int] | str:
        """What two outcomes of one trace are compared by: a class's index, a span, or the text."""
        if self.label_index is not None:
            return self.label_index
        return self.label if self.span is None else self.span


def softmax(logits: np.ndarray, axis: int = -1) -> np.ndarray:
    """Softmax over an axis, the last by default."""
    exponents = np.exp(logits - logits.max(axis, keepdims=True))
    return exponents / exponents.sum(axis, keepdims=True)


def is_tie(logits: np.ndarray) -> bool:
    """Whether the two largest of (N,) logits are closer than `TOLERANCE` of the largest size among them."""
    if len(logits) < 2:
        return False
    second, first = np.sort(logits)[-2:]
    size = np.abs(logits[np.isfinite(logits)]).max()
    return bool(first - second <= TOLERANCE * max(1.0, float(size)))
