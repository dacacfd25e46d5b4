"""Stored numbers from which any decision can be replayed exactly, one class for each form of sum."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from dualroute.trace.answers import Answer, Segment, Span, read_kind
from dualroute.trace.outcome import RoutesTaken


@dataclass(frozen=True, eq=False)
class SumOfLogits:
    """`logits = b + Σ_t κ_t D_t + Σ_t ρ_t Σ_s K_ts`, exact to 1e-5 relative (float32). T and S tokens, C outputs.

    For a span the outputs are start and end, and a token's scores are its own: `b + κ_t D_t + ρ_t Σ_s K_ts`.

    direct   (T,C) D, what each token adds by itself
    context  (T,S,C) K, what each token reads from each context token; None where there is no context
    bias     (C,) b
    pooling  (T,) a_t, the weight of each token in the readout, contained in D and K
    """

    kind: ClassVar[str] = "sum_of_logits"
    direct: np.ndarray
    context: np.ndarray | None
    bias: np.ndarray
    pooling: np.ndarray

    def read(self, ignored: tuple[int, ...] = ()) -> np.ndarray:
        """(T,C) float64: K summed over the context tokens that are not ignored; 0 without a context."""
        if self.context is None:
            return np.zeros(self.direct.shape)
        return np.delete(self.context.astype(np.float64), list(ignored), axis=1).sum(1)

    def contributions(self, routes: RoutesTaken) -> np.ndarray:
        """(T,C) float64: what each token adds to the outputs on these routes."""
        read = self.read(routes.ignored)
        return routes.kappa[:, None] * self.direct.astype(np.float64) + routes.rho[:, None] * read

    def replay(self, routes: RoutesTaken, answer: Answer, segment: Segment) -> dict[str, Any]:
        """Fields of an `Outcome` for the routes taken."""
        direct, read = self.direct.astype(np.float64), self.read(routes.ignored)
        kappa, rho = routes.kappa, routes.rho
        if isinstance(answer, Span):
            return answer.read(self.bias + kappa[:, None] * direct + rho[:, None] * read, segment)
        return answer.read(self.bias + kappa @ direct + rho @ read, segment)


@dataclass(frozen=True, eq=False)
class MixtureOfProbabilities:
    """`p_t = Σ_r w_tr p_tr`: each token's probability is a mixture of the routes' probabilities.

    probs  (T,R) probability of each given token on each of R routes
    """

    kind: ClassVar[str] = "mixture_of_probabilities"
    probs: np.ndarray

    def replay(self, routes: RoutesTaken, answer: Answer, segment: Segment) -> dict[str, Any]:
        """Fields of an `Outcome` for the routes taken. Raises ValueError where context tokens are ignored."""
        if routes.ignored:
            raise ValueError("context tokens cannot be left unread here: that is a rerun of the model")
        return answer.read((routes.flow_weights * self.probs.astype(np.float64)).sum(1), segment)


Ledger = SumOfLogits | MixtureOfProbabilities
LEDGERS: dict[str, type] = {kind.kind: kind for kind in (SumOfLogits, MixtureOfProbabilities)}


def read_ledger(data: Mapping[str, Any] | None) -> Ledger | None:
    """The ledger of a parsed JSON object, None for None. Raises ValueError for an unknown kind."""
    return None if data is None else read_kind(data, LEDGERS, "ledger")
