"""Stored numbers from which any decision can be replayed exactly, one class for each form of sum."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from dualroute.trace.answers import Answer, Segment, Span
from dualroute.trace.candidates import Candidates
from dualroute.trace.json_record import Shape, read_kind
from dualroute.trace.outcome import Outcome, RoutesTaken
from dualroute.trace.policies import kappa_rho


@dataclass(frozen=True, eq=False)
class SumOfLogits:
    """`logits = b + Σ_t κ_t D_t + Σ_t ρ_t Σ_s K_ts`, exact to 1e-5 relative (float32). T and S tokens, C outputs.

    For a span the outputs are start and end, and a token's scores are its own: `b + κ_t D_t + ρ_t Σ_s K_ts`.

    direct   (T,C) D, what each token adds by itself
    context  (T,S,C) K, what each token reads from each context token, 0 where the model did not read it; None where
             there is no context
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

    def changes(self, routes: RoutesTaken) -> np.ndarray:
        """(R,T,C) float64: what each token would add to the outputs if it alone went by each of the R flows instead."""
        kappa, rho = kappa_rho(np.eye(len(routes.routes)))
        by_kappa, by_rho = kappa[:, None] - routes.kappa, rho[:, None] - routes.rho
        return by_kappa[..., None] * self.direct.astype(np.float64) + by_rho[..., None] * self.read(routes.ignored)

    def replay(self, routes: RoutesTaken, answer: Answer, segment: Segment) -> Outcome:
        """The outcome of the routes taken."""
        direct, read = self.direct.astype(np.float64), self.read(routes.ignored)
        kappa, rho = routes.kappa, routes.rho
        if isinstance(answer, Span):
            return answer.outcome(routes, self.bias + kappa[:, None] * direct + rho[:, None] * read, segment)
        return answer.outcome(routes, self.bias + kappa @ direct + rho @ read, segment)

    def shapes(self, tokens: int, context_tokens: int, outputs: int, routes: int) -> dict[str, Shape]:
        """Shapes of the arrays, for these numbers of routed tokens, context tokens, outputs and routes."""
        shapes: dict[str, Shape] = {"direct": (tokens, outputs), "context": (tokens, context_tokens, outputs)}
        return shapes | {"bias": (outputs,), "pooling": (tokens,)}


@dataclass(frozen=True, eq=False)
class MixtureOfProbabilities:
    """`p_t = Σ_r w_tr p_tr`: each token's probability is a mixture of the routes' probabilities.

    probs       (T,R) probability of each given token on each of R routes
    candidates  the words that each position may choose; None where they were not stored
    """

    kind: ClassVar[str] = "mixture_of_probabilities"
    probs: np.ndarray
    candidates: Candidates | None = None

    def replay(self, routes: RoutesTaken, answer: Answer, segment: Segment) -> Outcome:
        """The outcome of the routes taken."""
        return answer.outcome(routes, (routes.flow_weights * self.probs.astype(np.float64)).sum(1), segment)

    def shapes(self, tokens: int, context_tokens: int, outputs: int, routes: int) -> dict[str, Shape]:
        """Shapes of the arrays, for these numbers of routed tokens, context tokens, outputs and routes."""
        return {"probs": (tokens, routes)}


Ledger = SumOfLogits | MixtureOfProbabilities
LEDGERS: dict[str, type[Ledger]] = {kind.kind: kind for kind in (SumOfLogits, MixtureOfProbabilities)}


def read_ledger(data: Mapping[str, Any] | None) -> Ledger | None:
    """The ledger of a parsed JSON object, None for None. Raises ValueError for an unknown kind."""
    if data is not None and data.get("candidates") is not None:
        data = {**data, "candidates": Candidates.from_dict(data["candidates"])}
    return None if data is None else read_kind(data, LEDGERS, "ledger")
