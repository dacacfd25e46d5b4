"""Decisions replayed from one trace."""

from dualroute.interpret.replay import Outcome, replay
from dualroute.interpret.trace import Trace
from dualroute.ui import handlers
from dualroute.ui.programs.checks import known_only, plain

MOST_DECISIONS = 1_000
DECISION = ("policy", "threshold", "overrides", "ignored")


def replays(request: dict, decisions: list[dict]) -> list[dict]:
    """One record of `outcome_record` for each decision, of one trace; `request` as for `handlers.attribute`.

    decisions  up to 1,000 of {policy, threshold, overrides, ignored}; what one leaves out is the request's
    Raises ValueError, naming the decision, for one that is none.
    """
    if not isinstance(decisions, list) or not 1 <= len(decisions) <= MOST_DECISIONS:
        raise ValueError(f"decisions must be a list of 1 to {MOST_DECISIONS:,} objects")
    trace = handlers.asked_for(request)
    return [_replayed(trace, number, decision) for number, decision in enumerate(decisions)]


def outcome_record(outcome: Outcome, trace: Trace) -> dict:
    """A decision and what it leads to: answer, probability, flows; of a class all logits, of a span its two ends."""
    found = {
        "policy": outcome.policy,
        "threshold": outcome.threshold,
        "overrides": {str(token): flow for token, flow in outcome.overrides.items()},
        "ignored": list(outcome.ignored),
        "answer": outcome.label,
        "probability": plain(outcome.probability),
        "tie": outcome.tie,
        "flows": list(outcome.flows_taken),
        "shares": outcome.shares,
    }
    if outcome.span is not None:
        return found | {"span": list(outcome.span)}
    names = trace.labels
    numbers = {"logits": outcome.logits, "probabilities": outcome.probs}
    return found | {key: dict(zip(names, map(float, values), strict=True)) for key, values in numbers.items()}


def _replayed(trace: Trace, number: int, decision: dict) -> dict:
    try:
        return outcome_record(replay(trace, *_decision(decision)), trace)
    except ValueError as error:
        raise ValueError(f"decision {number}: {error}") from error


def _decision(given: dict) -> tuple:
    """policy, threshold, overrides, ignored; None where nothing is said."""
    if not isinstance(given, dict):
        raise ValueError(f"must be an object, not {type(given).__name__}")
    known_only(given, DECISION, "a decision")
    overrides = given.get("overrides")
    ignored = given.get("ignored") or ()
    if not isinstance(ignored, list | tuple):
        raise ValueError("ignored must be a list of the context tokens that are not read")
    flips = None if overrides is None else handlers.overrides_of(overrides)
    return given.get("policy"), handlers.number(given.get("threshold")), flips, tuple(ignored)
