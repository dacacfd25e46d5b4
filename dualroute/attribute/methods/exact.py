"""The model's own contributions as an attribution: the readout is a sum, so that nothing has to be estimated."""

from dataclasses import dataclass

import numpy as np

from dualroute.attribute.method import SCORE, MethodRequest, MethodResult, attribution_method
from dualroute.trace.answers import Written
from dualroute.trace.context import BackwardContext
from dualroute.trace.ledger import SumOfLogits
from dualroute.trace.record import Trace
from dualroute.trace.replay import routes_taken
from dualroute.trace.targets import Target


@attribution_method(
    "Contribution (exact sum)",
    captum="",
    trust="Exact by construction: shows how the score adds up. Does not show information that earlier layers mixed, "
    "and knows no gates.",
    source="the additive readout of this model",
    passes=lambda units, parameters: (0, 0),
    complete=True,
    baseline=False,
    targets=(SCORE,),
    runs_model=False,
)
def exact(request: MethodRequest) -> MethodResult:
    """The contributions of each unit; the value on the baseline is the bias."""
    import torch

    parts = [exact_contributions(request.trace, target) for target in request.targets]
    tokens = np.stack([np.concatenate([part.scores, part.context_scores]) for part in parts])
    ends = tuple((part.bias, part.value) for part in parts)
    return MethodResult.of(request.units.summed(torch.from_numpy(tokens)).float(), ends=ends)


@dataclass(frozen=True, eq=False)
class ExactContributions:
    """Contributions (T,) of the tokens of x and (S,) of those of h, float64; `value` = `bias` + their sum."""

    scores: np.ndarray
    context_scores: np.ndarray
    value: float
    bias: float


def exact_contributions(trace: Trace, target: Target) -> ExactContributions:
    """Contributions to a score: κ_t D_t of token t of x, Σ_t ρ_t K_ts of token s of h; the bias belongs to no token.

    An effect is routed minus direct, so that t adds (κ_t − 1) D_t. Where h is the backward pass over x, both belong to
    the token of x. Raises ValueError for gates and for written texts, which are no sums of contributions.
    """
    if not isinstance(trace.ledger, SumOfLogits):
        kind = "a written text" if isinstance(trace.answer, Written) else "an answer that is no sum of logits"
        raise ValueError(f"{kind} has no exact contributions: nothing adds up to it; choose another method")
    if target.is_gate:
        raise ValueError("exact contributions add up to scores, not to gates; choose another method")
    routed = routes_taken(trace)
    kappa, rho = routed.kappa - target.effect, routed.rho
    own, read, bias = np.zeros(len(trace.tokens)), np.zeros(len(trace.context_tokens)), 0.0
    for weight, output, token in target.terms:
        part = np.zeros(len(own))
        part[slice(None) if token is None else token] = weight
        own += part * kappa * trace.direct_contributions[:, output]
        if trace.context_contributions is not None:
            read += (part * rho) @ trace.context_contributions[:, :, output].astype(np.float64)
        bias += 0.0 if target.effect else weight * float(trace.bias[output])
    value = bias + float(own.sum() + read.sum())
    if isinstance(trace.context, BackwardContext):
        return ExactContributions(own + read, read[:0], value, bias)
    return ExactContributions(own, read, value, bias)
