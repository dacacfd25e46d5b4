"""The exact outcome of any decision, from a trace alone. `assets/js/replay.js` does the same arithmetic."""

import numpy as np

from dualroute.trace.answers import NextTokens, Written
from dualroute.trace.decision import Decision, check_ignored, route_indices
from dualroute.trace.outcome import Outcome, RoutesTaken
from dualroute.trace.policies import flow_weights
from dualroute.trace.record import Trace


def replay(trace: Trace, decision: Decision | None = None) -> Outcome:
    """The outcome of another decision, by the sum that the trace's ledger stores.

    For a model whose logits are a sum: `logits = b + Σ_t κ_t D_t + Σ_t ρ_t Σ_s K_ts`. `decision.ignored` are context
    tokens that are not read: their `K_ts` leave the sum, and nothing else changes. That is exact, and it is not the
    word's absence from the text: without it the other words would be encoded, read and routed anew, which is a rerun.
    What the decision leaves open is as the trace was made. A trace without a ledger has the outcome of its own decision
    alone. Raises ValueError as `routes_taken` does, for an index outside the context, for another decision where there
    is no ledger, and for a written text.
    """
    if trace.ledger is None:
        return _own_outcome(trace, (decision or Decision()).over(trace.spec.decision))
    taken = routes_taken(trace, decision)
    fields = trace.ledger.replay(taken, trace.answer, trace.segment)
    return Outcome(taken.routes, taken.weights, taken.decision, **fields)


def _own_outcome(trace: Trace, decision: Decision) -> Outcome:
    """The outcome that the model gave, for the decision the trace was made with."""
    if isinstance(trace.answer, Written):
        raise ValueError(
            "a written text cannot be replayed: a change of route is a rerun; use router.trace with another policy, "
            "θ or overrides"
        )
    if decision != trace.spec.decision:
        raise ValueError("this trace has no ledger: another decision is a rerun of the model")
    scores = trace.answer.probs if isinstance(trace.answer, NextTokens) else trace.answer.logits
    fields = trace.answer.read(scores.astype(np.float64), trace.segment)
    return Outcome(trace.flows, trace.routing.dense_weights, decision, **fields)


def routes_taken(trace: Trace, decision: Decision | None = None) -> RoutesTaken:
    """The route of every token under a policy, θ and overrides; what the decision leaves open is as the trace was made.

    Raises ValueError for an unknown policy or route, a θ outside [0, 1], an index outside the tokens, and for a trace
    of experts, whose other decisions are a rerun of the model.
    """
    complete = trace.decided(decision)
    complete = Decision(**{**vars(complete), "ignored": check_ignored(complete.ignored, len(trace.context_tokens))})
    if trace.routing.indices is not None:
        raise ValueError("another decision about experts is a rerun of the model")
    weights = flow_weights(complete.policy, trace.flow_gates.astype(np.float64), complete.threshold)
    indices = route_indices(complete.overrides, trace.n_layers, len(trace.tokens), trace.flows)
    for place, route in indices.items():
        weights[place] = np.eye(len(trace.flows))[route]
    return RoutesTaken(trace.flows, weights, complete)


def held_route(trace: Trace) -> tuple[np.ndarray, np.ndarray]:
    """The route along an attribution's path, `weights = held + free·gates`: held (T,R), free (T,1), float32.

    A step has no useful gradient, so what a hard policy decided in the trace is held. `soft` leaves the gates free;
    `weighted_threshold` holds which tokens are open and leaves the weight of those free (a closed token gives all
    weight to the direct flow); a flipped token is held.
    """
    taken = routes_taken(trace)
    held = taken.flow_weights.astype(np.float32)
    free = np.zeros((len(trace.tokens), 1), dtype=np.float32)
    if taken.policy == "soft":
        free[:] = 1
    elif taken.policy == "weighted_threshold":
        free[:, 0] = taken.rho > 0
    free[list(taken.overrides)] = 0
    return held * (1 - free), free
