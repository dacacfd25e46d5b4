"""The model's own contributions as an attribution: the readout is a sum, so it needs no method. Plain numpy."""

from dataclasses import dataclass

import numpy as np

from dualroute.trace.context import BackwardContext
from dualroute.trace.ledger import SumOfLogits
from dualroute.trace.record import Trace
from dualroute.trace.replay import routes_taken
from dualroute.trace.targets import Target


@dataclass(frozen=True, eq=False)
class Exact:
    """Contributions (T,) of the tokens of x and (S,) of those of h, float64; `value` = `bias` + their sum."""

    scores: np.ndarray
    context_scores: np.ndarray
    value: float
    bias: float


def exact_contributions(trace: Trace, target: Target) -> Exact:
    """Token t of x adds κ_t D_t to a score, token s of h adds Σ_t ρ_t K_ts; the bias is nobody's.

    An effect is routed minus direct, so that t adds (κ_t − 1) D_t. Where h is the backward pass over x, both are t's.
    Raises ValueError for gates and for written texts, to which nothing adds up.
    """
    if not isinstance(trace.ledger, SumOfLogits):
        raise ValueError("a written text has no exact contributions: nothing adds up to it; choose another method")
    if target.is_gate:
        raise ValueError("exact contributions add up to scores, not to gates; choose another method")
    taken = routes_taken(trace)
    kappa, rho = taken.kappa - target.effect, taken.rho
    own, read, bias = np.zeros(len(trace.tokens)), np.zeros(len(trace.context_tokens)), 0.0
    for weight, output, token in target.terms:
        part = np.zeros(len(own))
        part[slice(None) if token is None else token] = weight
        own += part * kappa * trace.direct_contributions[:, output]
        if trace.context is not None:
            read += (part * rho) @ trace.context_contributions[:, :, output].astype(np.float64)
        bias += 0.0 if target.effect else weight * float(trace.bias[output])
    value = bias + float(own.sum() + read.sum())
    if isinstance(trace.context, BackwardContext):
        return Exact(own + read, read[:0], value, bias)
    return Exact(own, read, value, bias)
