"""Policies: from gates to the weight of every flow. Pure, for numpy arrays and torch tensors alike.

A gate array is (..., R): the router's probability of each of R flows, `FLOWS` in order, or the two of
`TWO_FLOWS`. A policy turns it into flow weights (..., R) that sum to one. What a flow carries is fixed:

    direct   κ = 1, ρ = 0        f(x) alone
    context  κ = 0, ρ = 1        what was read from f(h), alone (three-flow models)
    merged   κ = 1, ρ = 1        f(x) and what was read from f(h)

κ weighs the direct part of a token and ρ its context part. Only operators shared by numpy and torch are
used, so that the model, the replay of a trace and the tests run one definition; `assets/js/replay.js`
mirrors it for the page.
"""

from collections.abc import Callable

FLOWS = ("direct", "context", "merged")
TWO_FLOWS = ("direct", "merged")
WITH_THRESHOLD = ("threshold", "weighted_threshold")  # the policies that look at θ


def kappa_rho(weights):
    """(κ, ρ), each (...), of flow weights (..., R)."""
    direct, merged = weights[..., 0], weights[..., -1]
    context = weights[..., 1] if weights.shape[-1] == 3 else 0 * direct
    return direct + merged, context + merged


def soft(gates, threshold: float = 0.5):
    """ρ = g: every flow in proportion to its gate."""
    return gates


def threshold(gates, threshold: float = 0.5):
    """ρ = 1[g > θ]: read the context where its gate exceeds θ, by the stronger of the reading flows."""
    return _as_weights(gates, _reading_flows(gates) * (reading_gate(gates) > threshold)[..., None])


def weighted_threshold(gates, threshold: float = 0.5):
    """ρ = g·1[g > θ]: as `threshold`, but what is read keeps the weight of its gate."""
    opened = (reading_gate(gates) > threshold)[..., None]
    return _as_weights(gates, gates * opened)


def select(gates, threshold: float = 0.5):
    """The flow with the largest gate alone; ties go to the cheaper flow, which stands first."""
    weights = 0 * gates
    taken = gates[..., 0] != gates[..., 0]
    for flow in range(gates.shape[-1]):
        best = ~taken
        for other in range(gates.shape[-1]):
            best = best & (gates[..., flow] >= gates[..., other])
        weights[..., flow] = best
        taken = taken | best
    return weights


def direct(gates, threshold: float = 0.5):
    """Every token by the direct flow; the context is not used."""
    return _only(gates, 0)


def merged(gates, threshold: float = 0.5):
    """Every token by the merged flow; the gates are not used."""
    return _only(gates, gates.shape[-1] - 1)


def context(gates, threshold: float = 0.5):
    """Every token by the context flow alone (three-flow models)."""
    if gates.shape[-1] != 3:
        raise ValueError("policy 'context' needs a three-flow model; this one has the flows direct and merged")
    return _only(gates, 1)


POLICIES: dict[str, Callable] = {
    policy.__name__: policy for policy in (soft, threshold, weighted_threshold, select, direct, merged, context)
}


def flow_weights(policy: str, gates, threshold: float = 0.5):
    """Flow weights (..., R) of the named policy. Raises ValueError for an unknown policy or a θ outside [0, 1]."""
    if policy not in POLICIES:
        raise ValueError(f"unknown policy {policy!r}; choose one of {', '.join(POLICIES)}")
    if not 0 <= threshold <= 1:
        raise ValueError(f"threshold must lie in [0, 1], not {threshold}")
    return POLICIES[policy](gates, threshold)


def reading_gate(gates):
    """(...) probability of reading the context by whichever flow. One gate is taken as it is, without rounding."""
    return gates[..., -1] if gates.shape[-1] == 2 else gates[..., 1] + gates[..., -1]


def _reading_flows(gates):
    """(..., R) one-hot: the stronger of the flows that read the context."""
    weights = 0 * gates
    if gates.shape[-1] == 2:
        weights[..., 1] = 1
    else:
        weights[..., 1] = gates[..., 1] > gates[..., 2]
        weights[..., 2] = 1 - weights[..., 1]
    return weights


def _as_weights(gates, reading):
    """Give the direct flow what the reading flows leave over."""
    weights = 0 * gates + reading
    weights[..., 0] = 1 - weights[..., 1:].sum(-1)
    return weights


def _only(gates, flow: int):
    weights = 0 * gates
    weights[..., flow] = 1
    return weights
