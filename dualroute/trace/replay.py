"""The exact outcome of any decision, from a trace alone. `frontend/src/core/replay.ts` mirrors it."""

import numpy as np

from dualroute.trace.decision import Decision, route_indices
from dualroute.trace.ledger import SumOfLogits
from dualroute.trace.outcome import Outcome, RoutesTaken
from dualroute.trace.policies import WITH_THRESHOLD, flow_weights, is_flows
from dualroute.trace.record import Trace
from dualroute.values import shown

NEAR = 1e-6  # stored weights are float32


def replay(trace: Trace, decision: Decision | None = None) -> Outcome:
    """The outcome of another decision, by the sum that the trace's ledger stores.

    For a model whose logits are a sum: `logits = b + Σ_t κ_t D_t + Σ_t ρ_t Σ_s K_ts`. `decision.ignored` are context
    tokens that are not read: their `K_ts` leave the sum, and nothing else changes. That is exact, and it differs from
    a text without the word: there the other words would be encoded, read and routed anew, which is a rerun.
    Open fields of the decision are as the trace was made. Without a ledger only its own decision has an outcome.

    Raises ValueError as `routes_taken` does, for another decision where there is no ledger, for context tokens about
    which the ledger says nothing, and for a written text.
    """
    require_trace(trace)
    if trace.ledger is None:
        return _own_outcome(trace, trace.decided(decision))
    routes = routes_taken(trace, decision)
    _check_unread(trace, routes.ignored)
    return trace.ledger.replay(routes, trace.answer, trace.segment)


def require_trace(value: object, name: str = "trace") -> None:
    """Raise ValueError unless a value that a user passed is a trace."""
    if not isinstance(value, Trace):
        raise ValueError(f"{name} must be a Trace, not {shown(value)}")


def routes_taken(trace: Trace, decision: Decision | None = None) -> RoutesTaken:
    """The route of every token under a policy, θ and overrides; open fields of the decision are as the trace was made.

    Raises ValueError for an unknown policy or route, a θ outside [0, 1], an index outside the tokens or the context,
    for a trace of experts, and for other routes in a layer before the last: both are a rerun of the model.
    """
    complete = trace.decided(decision)
    indices = route_indices(complete.overrides, trace.n_layers, len(trace.tokens), trace.flows)
    if not is_flows(trace.flows):
        raise ValueError("another decision about experts is a rerun of the model")
    for name in ("top_k", "temperature"):
        if getattr(complete, name) != getattr(trace.spec.decision, name):
            raise ValueError(f"another {name} is a rerun of the model")
    weights = _policy_weights(complete, trace.flow_gates.astype(np.float64))
    for place, route in indices.items():
        weights[place] = np.eye(len(trace.flows))[route]
    if trace.n_layers > 1 and np.abs(weights - trace.routing.dense_weights)[:-1].max(initial=0) > NEAR:
        raise ValueError("other routes before the last layer change the gates of the next ones: that is a rerun")
    return RoutesTaken(trace.flows, weights, complete)


def held_route(trace: Trace) -> tuple[np.ndarray, np.ndarray]:
    """The route along an attribution's path, `weights = held + free·gates`: held (T,R), free (T,1), float32.

    A step has no useful gradient, so the decisions of a hard policy are held. `soft` leaves the gates free;
    `weighted_threshold` holds which tokens are open and leaves the weight of those free (a closed token gives all
    weight to the direct flow); a flipped token is held.
    """
    routes = routes_taken(trace)
    held = routes.flow_weights.astype(np.float32)
    free = np.zeros((len(trace.tokens), 1), dtype=np.float32)
    if routes.policy == "soft":
        free[:] = 1
    elif routes.policy == "weighted_threshold":
        free[:, 0] = routes.rho > 0
    free[list(routes.overrides)] = 0
    return held * (1 - free), free


def _policy_weights(decision: Decision, gates: np.ndarray) -> np.ndarray:
    """(L,T,R) flow weights of a decision's policy and θ, before overrides."""
    policy, threshold = decision.policy, decision.threshold
    if policy is None:
        raise ValueError("neither the decision nor the trace names a policy")
    if threshold is None and policy in WITH_THRESHOLD:
        raise ValueError(f"policy {policy!r} needs a threshold")
    return flow_weights(policy, gates) if threshold is None else flow_weights(policy, gates, threshold)


def _own_outcome(trace: Trace, decision: Decision) -> Outcome:
    """The outcome that the model gave. Raises ValueError for any decision but the one the trace was made with."""
    routes = RoutesTaken(trace.flows, trace.routing.dense_weights, decision)
    outcome = trace.answer.outcome(routes, trace.answer.scores.astype(np.float64), trace.segment)
    if decision != trace.decided():
        raise ValueError("this trace has no ledger: another decision is a rerun of the model")
    return outcome


def _check_unread(trace: Trace, ignored: tuple[int, ...]) -> None:
    """Raise ValueError unless the ledger says what leaving these context tokens unread leads to."""
    own, unread = set(trace.decided().ignored or ()), set(ignored)
    if not isinstance(trace.ledger, SumOfLogits) and unread != own:
        raise ValueError("context tokens cannot be left unread here: that is a rerun of the model")
    if own - unread:
        raise ValueError(f"token {min(own - unread)} of the context was not read: reading it is a rerun of the model")
