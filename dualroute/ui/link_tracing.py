"""A view of an address, traced: what of it fits the input is kept, the rest is noted."""

from dataclasses import replace

from dualroute.interpret.trace import Trace
from dualroute.ui import handlers
from dualroute.ui.link_parts import Parts, quoted
from dualroute.ui.links import Link, fitted
from dualroute.ui.model_store import get_router


def trace_link(link: Link, parts: Parts, found: dict | None = None) -> tuple[Trace, Link]:
    """The trace of a link's input, and what of the link fits it. Raises ValueError for an input that cannot be routed.

    found  traces of before, by input: what only replays an input again asks no model
    """
    name, found = link.task or handlers.usual(), {} if found is None else found
    config = get_router(name).model.config
    if config.context == "image" and link.h and not link.h.startswith("data:"):
        parts.note(
            f"the text {quoted(link.h)} was not used: here the {config.h_name} is what is read, and no link holds one"
        )
        link = replace(link, h="")
    if config.readout == "generation":
        return _trace_written(name, link, parts)
    place = (name, link.x, link.h)
    if place not in found:
        found[place] = handlers.trace_of(name, link.x, link.h)
    trace = found[place]
    fit = fitted(link, trace, parts)
    return decided(trace, fit), fit


def decided(trace: Trace, link: Link) -> Trace:
    """The trace with another decision: its contributions hold for all of them. A written text has but its own."""
    spec = replace(trace.spec, policy=link.policy, threshold=link.threshold, overrides=dict(link.flips))
    return replace(trace, spec=spec)


def _trace_written(name: str, link: Link, parts: Parts) -> tuple[Trace, Link]:
    """A text belongs to its route: it is written for the link's, or for what of it fits."""
    link = replace(link, unread=())
    asked = (link.policy, link.threshold, dict(link.flips))
    try:
        trace = handlers.trace_of(name, link.x, link.h, *asked)
        return trace, fitted(link, trace, parts)
    except ValueError:
        fit = fitted(link, handlers.trace_of(name, link.x, link.h), parts)
        return handlers.trace_of(name, link.x, link.h, fit.policy, fit.threshold, dict(fit.flips)), fit
