"""Policies turn gates into the weight of every flow. They take numpy arrays and torch tensors alike.

A gate array is (..., R): the router's probability of each of R flows, those of `FLOWS` or of `TWO_FLOWS` in order. A
policy turns it into flow weights (..., R) that sum to one. Two weights per token follow from them: κ of its direct part
and ρ of its context part.

    direct   κ = 1, ρ = 0        f(x) alone
    context  κ = 0, ρ = 1        what was read from f(h), alone (three-flow models)
    merged   κ = 1, ρ = 1        f(x) and what was read from f(h)

Only operators that numpy and torch share are used, so that the model, the replay of a trace and the tests run one
definition; `frontend/src/core/policies.ts` mirrors it for the page.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np

from dualroute.values import known, threshold_number

if TYPE_CHECKING:
    import torch

FLOWS = ("direct", "context", "merged")
TWO_FLOWS = ("direct", "merged")
WITH_THRESHOLD = ("threshold", "weighted_threshold")  # the policies that look at θ
TITLES = {  # what readers see; programs, files and links use the names
    "threshold": "Threshold",
    "weighted_threshold": "Weighted threshold",
    "soft": "Proportional",
    "select": "Widest gate",
    "direct": "Never read",
    "context": "Only read",
    "merged": "Always read",
}

Gates = TypeVar("Gates", np.ndarray, "torch.Tensor")


class Policy(Protocol):
    """From gates (..., R) to flow weights (..., R)."""

    def __call__(self, gates: Gates, threshold: float = 0.5) -> Gates: ...


def kappa_rho(weights: Gates) -> tuple[Gates, Gates]:
    """(κ, ρ), each (...), of flow weights (..., R)."""
    direct, merged = weights[..., 0], weights[..., -1]
    context = weights[..., 1] if weights.shape[-1] == 3 else 0 * direct
    return direct + merged, context + merged


def soft(gates: Gates, threshold: float = 0.5) -> Gates:
    """ρ = g: every flow in proportion to its gate."""
    return gates


def threshold(gates: Gates, threshold: float = 0.5) -> Gates:
    """ρ = 1[g > θ]: read the context where its gate exceeds θ, by the stronger of the reading flows."""
    return _as_weights(gates, _reading_flows(gates) * (reading_gate(gates) > threshold)[..., None])


def weighted_threshold(gates: Gates, threshold: float = 0.5) -> Gates:
    """ρ = g·1[g > θ]: as `threshold`, but what is read keeps the weight of its gate."""
    opened = (reading_gate(gates) > threshold)[..., None]
    return _as_weights(gates, gates * opened)


def select(gates: Gates, threshold: float = 0.5) -> Gates:
    """The flow with the largest gate alone; ties go to the cheaper flow, which stands first."""
    weights = 0 * gates
    decided = gates[..., 0] != gates[..., 0]
    for flow in range(gates.shape[-1]):
        best = ~decided
        for other in range(gates.shape[-1]):
            best = best & (gates[..., flow] >= gates[..., other])
        weights[..., flow] = best
        decided = decided | best
    return weights


def direct(gates: Gates, threshold: float = 0.5) -> Gates:
    """Every token by the direct flow; the context is not used."""
    return _only(gates, 0)


def merged(gates: Gates, threshold: float = 0.5) -> Gates:
    """Every token by the merged flow; the gates are not used."""
    return _only(gates, gates.shape[-1] - 1)


def context(gates: Gates, threshold: float = 0.5) -> Gates:
    """Every token by the context flow alone (three-flow models)."""
    if gates.shape[-1] != 3:
        raise ValueError("policy 'context' needs a three-flow model; this one has the flows direct and merged")
    return _only(gates, 1)


POLICIES: dict[str, Policy] = {
    "soft": soft,
    "threshold": threshold,
    "weighted_threshold": weighted_threshold,
    "select": select,
    "direct": direct,
    "merged": merged,
    "context": context,
}


def is_flows(routes: Sequence[str]) -> bool:
    """Whether routes are flows, for which policies, κ and ρ are defined; others are experts."""
    return tuple(routes) in (FLOWS, TWO_FLOWS)


def flow_weights(policy: str, gates: Gates, threshold: float = 0.5) -> Gates:
    """Flow weights (..., R) of the named policy. Raises ValueError for an unknown policy or a θ outside [0, 1]."""
    return POLICIES[known(policy, POLICIES, "policy")](gates, threshold_number(threshold))


def check_looks_at_theta(policy: str) -> None:
    """Raise ValueError for a policy that is not among `WITH_THRESHOLD`."""
    if known(policy, POLICIES, "policy") not in WITH_THRESHOLD:
        raise ValueError(f"policy {policy!r} does not look at θ; those that do are {', '.join(WITH_THRESHOLD)}")


def reading_gate(gates: Gates) -> Gates:
    """(...) probability of reading the context by any flow. Of two flows it is the stored gate, without rounding."""
    return gates[..., -1] if gates.shape[-1] == 2 else gates[..., 1] + gates[..., -1]


def _reading_flows(gates: Gates) -> Gates:
    """(..., R) one-hot: the stronger of the flows that read the context."""
    weights = 0 * gates
    if gates.shape[-1] == 2:
        weights[..., 1] = 1
    else:
        # The checker mixes the two kinds of array in an item's assignment.
        weights[..., 1] = gates[..., 1] > gates[..., 2]  # pyright: ignore[reportArgumentType]
        weights[..., 2] = 1 - weights[..., 1]  # pyright: ignore[reportArgumentType]
    return weights


def _as_weights(gates: Gates, reading: Gates) -> Gates:
    """The weights of the reading flows, with the rest on the direct flow."""
    weights = 0 * gates + reading
    weights[..., 0] = 1 - weights[..., 1:].sum(-1)
    return weights


def _only(gates: Gates, flow: int) -> Gates:
    weights = 0 * gates
    weights[..., flow] = 1
    return weights
