"""Attributions for all visitors: what several ask for at the same time is computed once and kept for a while."""

from collections.abc import Sequence
from dataclasses import replace

from dualroute.interpret.attribution import Attribution
from dualroute.interpret.trace import Trace
from dualroute.interpret.watching import Stopped, passed
from dualroute.ui.model_store import get_router
from dualroute.ui.once import Once, attribution_key

KEPT = Once()  # by content


def attributions_of(trace: Trace, targets: Sequence[str], method: str, **parameters) -> list[Attribution]:
    """One attribution for each target, as `attribute_many` of the trace's own checkpoint gives them, and its errors.

    Who waits for another visitor's work that is cancelled begins it anew. Raises Stopped where this one cancelled.
    """
    key = attribution_key(trace, targets, method, **parameters)
    while True:
        try:
            found = KEPT.get(key, lambda: _made(trace, targets, method, parameters))
            return [replace(one, spec=trace.spec) for one in found]  # made, perhaps, at another θ with the same route
        except Stopped:
            passed(0)  # ends here if this visitor cancelled


def _made(trace: Trace, targets: Sequence[str], method: str, parameters: dict) -> tuple[Attribution, ...]:
    return get_router(trace.spec.checkpoint).attribute_many(trace, tuple(targets), method=method, **parameters)
