"""What the parts of a trace must keep: shapes that fit, and in a file, which may hold anything, numbers that can be."""

from typing import TYPE_CHECKING

import numpy as np

from dualroute.trace.answers import Classes, NextTokens, Segment, Span, Written
from dualroute.trace.decision import Ban, Drop, Route, Swap
from dualroute.trace.json_record import check_shapes
from dualroute.trace.ledger import MixtureOfProbabilities, SumOfLogits
from dualroute.trace.outcome import RoutesTaken
from dualroute.trace.policies import POLICIES, is_flows
from dualroute.trace.reading import check_finite, check_probabilities
from dualroute.values import known

NEAR = 1e-3  # relative; float32 sums in another order differ by less

if TYPE_CHECKING:
    from dualroute.trace.record import Trace


def check_parts(trace: "Trace") -> None:
    """Raise ValueError where the parts of a trace do not fit each other."""
    for part in (trace.routing, trace.context):
        if part is not None and not 0 <= part.segment < len(trace.inputs):
            raise ValueError(f"there is no input {part.segment}: they are numbered 0 to {len(trace.inputs) - 1}")
    tokens, context_tokens = len(trace.tokens), len(trace.context_tokens)
    if len(trace.offsets) not in (0, tokens):
        raise ValueError(f"{len(trace.offsets)} offsets do not fit {tokens} tokens")
    trace.routing.check(tokens)
    check_shapes(trace.answer, trace.answer.shapes(tokens))
    if trace.context is not None:
        check_shapes(trace.context, trace.context.shapes(tokens, context_tokens))
    if trace.ledger is not None:
        outputs, routes = len(trace.labels), len(trace.flows)
        check_shapes(trace.ledger, trace.ledger.shapes(tokens, context_tokens, outputs, routes))
    if isinstance(trace.ledger, MixtureOfProbabilities) and trace.ledger.candidates is not None:
        candidates = trace.ledger.candidates
        check_shapes(candidates, {"given": (tokens,), "probs": (len(candidates.words), len(trace.flows))})


def check_stored(trace: "Trace") -> None:
    """Raise ValueError, naming the field, for a number or a name that no trace can have."""
    for segment in trace.inputs:
        _check_offsets(segment)
    _check_routing(trace)
    _check_answer(trace)
    check_probabilities(trace.attention, "attention")
    _check_ledger(trace)
    _check_decision(trace)


def _check_offsets(segment: Segment) -> None:
    if segment.offsets and max(end for _, end in segment.offsets) > len(segment.text):
        raise ValueError(f"an offset lies behind the {len(segment.text)} characters of the {segment.name}")


def _check_routing(trace: "Trace") -> None:
    """Flows share a weight of 1; experts may be scaled, or have scores that do not add up."""
    routing = trace.routing
    if is_flows(trace.flows):
        check_probabilities(routing.dense_weights, "weights", -1)
        check_probabilities(routing.scores, "scores", -1)
        return
    check_finite(routing.weights, "weights")
    if routing.weights.size and routing.weights.min() < 0:
        raise ValueError(f"weights must be 0 or more, not {routing.weights.min():g}")
    check_probabilities(routing.scores, "scores")


def _check_answer(trace: "Trace") -> None:
    answer = trace.answer
    if isinstance(answer, Classes | Span):
        check_finite(answer.logits, "logits")
        check_probabilities(answer.probs, "probs", 0)
    if isinstance(answer, Span) and answer.longest < 1:
        raise ValueError(f"longest must be 1 or more, not {answer.longest}")
    if isinstance(answer, Written | NextTokens):
        check_probabilities(answer.probs, "probs")
    if isinstance(answer, Written):
        check_probabilities(answer.copied, "copied")
        check_probabilities(answer.attention, "attention")


def _check_ledger(trace: "Trace") -> None:
    ledger = trace.ledger
    if isinstance(ledger, SumOfLogits):
        for name in ("direct", "context", "bias", "pooling"):
            numbers: np.ndarray | None = getattr(ledger, name)
            check_finite(numbers, name)
    if isinstance(ledger, MixtureOfProbabilities):
        check_probabilities(ledger.probs, "probs")


def check_own_answer(trace: "Trace") -> None:
    """Raise ValueError unless the stored contributions, on the stored routes, add up to the stored answer."""
    if not isinstance(trace.ledger, SumOfLogits) or not isinstance(trace.answer, Classes | Span):
        return
    routes = RoutesTaken(trace.flows, trace.routing.dense_weights, trace.decided())
    logits, stored = trace.ledger.replay(routes, trace.answer, trace.segment).logits, trace.answer.logits
    if not np.allclose(logits, stored, rtol=NEAR, atol=NEAR * max(1.0, float(np.abs(stored).max(initial=0)))):
        raise ValueError("the contributions do not add up to the logits: the record was changed")


def _check_decision(trace: "Trace") -> None:
    """The policy of flows, and that overrides and unread tokens are about what the trace has."""
    decision = trace.decided()
    if is_flows(trace.flows) and trace.routing.chosen_by == "policy" and decision.policy is not None:
        known(decision.policy, POLICIES, "policy")
    for (_, token), rule in (decision.overrides or {}).items():
        if isinstance(rule, Route) and rule.route not in trace.flows:
            raise ValueError(f"override to flow {rule.route!r}: this model has {', '.join(trace.flows)}")
        experts = (
            (rule.old, rule.new) if isinstance(rule, Swap) else (rule.expert,) if isinstance(rule, Drop | Ban) else ()
        )
        if any(expert >= len(trace.flows) for expert in experts):
            raise ValueError(
                f"override {str(rule)!r} of token {token}: experts are numbered 0 to {len(trace.flows) - 1}"
            )
