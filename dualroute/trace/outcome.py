"""What a decision leads to: the routes that the tokens take, and the answer."""

from dataclasses import dataclass

import numpy as np

from dualroute.trace.decision import Decision
from dualroute.trace.policies import is_flows, kappa_rho

TOLERANCE = 1e-5  # float32 sums in another order may differ by this much, relative


@dataclass(frozen=True, eq=False)
class RoutesTaken:
    """Which route every token takes. L layers, T tokens, R routes.

    routes    names of the R routes
    weights   (L,T,R) weight of each route, after policy and overrides; sums to 1 over the routes
    decision  the decision, complete
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
        """(T,) weight of each token's direct part, in the last layer. Raises ValueError where routes are no flows."""
        return self._kappa_rho()[0]

    @property
    def rho(self) -> np.ndarray:
        """(T,) weight of what each token reads, in the last layer. Raises ValueError where routes are no flows."""
        return self._kappa_rho()[1]

    @property
    def flows_taken(self) -> tuple[str, ...]:
        """T names; `mixed` where no route has all the weight."""
        return tuple(self.routes[int(np.argmax(row))] if row.max() == 1 else "mixed" for row in self.flow_weights)

    @property
    def shares(self) -> dict[str, float]:
        """Mean weight of each route over the tokens of the last layer."""
        return dict(zip(self.routes, self.flow_weights.mean(0).tolist(), strict=True))

    @property
    def policy(self) -> str | None:
        """The policy that decided; None for a model without one."""
        return self.decision.policy

    @property
    def threshold(self) -> float | None:
        """θ; None for a model without one."""
        return self.decision.threshold

    @property
    def overrides(self) -> dict[int, str]:
        """{token: route} of the overrides in the last layer, whose weights the answer is made of."""
        return self.decision.routes_in(len(self.weights) - 1)

    @property
    def ignored(self) -> tuple[int, ...]:
        """Context tokens that are not read."""
        return self.decision.ignored or ()

    def _kappa_rho(self) -> tuple[np.ndarray, np.ndarray]:
        if not is_flows(self.routes):
            raise ValueError(f"the routes {', '.join(self.routes[:4])}, … are no flows: they have no κ and ρ")
        return kappa_rho(self.flow_weights)


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

    @property
    def class_index(self) -> int:
        """`label_index`. Raises ValueError where the answer is no class."""
        if self.label_index is None:
            raise ValueError(f"the answer {self.label!r:.80} is no class")
        return self.label_index

    @property
    def span_ends(self) -> tuple[int, int]:
        """`span`. Raises ValueError where the answer is no span."""
        if self.span is None:
            raise ValueError(f"the answer {self.label!r:.80} is no span")
        return self.span


def softmax(logits: np.ndarray, axis: int = -1) -> np.ndarray:
    """Softmax over `axis`."""
    exponents = np.exp(logits - logits.max(axis, keepdims=True))
    return exponents / exponents.sum(axis, keepdims=True)


def is_tie(logits: np.ndarray) -> bool:
    """Whether the two largest of (N,) logits differ by at most `TOLERANCE` times the largest absolute value."""
    if len(logits) < 2:
        return False
    second, first = np.sort(logits)[-2:]
    size = np.abs(logits[np.isfinite(logits)]).max()
    return bool(first - second <= TOLERANCE * max(1.0, float(size)))
