"""A view of an address, traced: what of it fits the input is kept, the rest is noted.

What an address brings to the page: the view on screen, what the other tabs begin with, and what was not used.

The two views that an address brings to Compare, and what of them was not used.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl

from dualroute.app.catalogue import Shelf, shelf_of
from dualroute.app.inspect import handlers
from dualroute.app.models import get_router
from dualroute.app.url_state.grammar import Link, fitted, read_link, shown, without_text
from dualroute.app.url_state.query import Parts, few, quoted
from dualroute.app.url_state.settings import LONGEST_VIEW, read_asked, read_pair, read_rows
from dualroute.export.trace_payload import trace_payload
from dualroute.paths import shipped
from dualroute.trace.record import Trace


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


@dataclass(frozen=True)
class Names:
    """Where the names come from that only the page knows; asked for where an address has such a part."""

    tabs: Callable[[], list[str]]
    results: Callable[[], list[str]]
    rows: Callable[[], list[str]]


@dataclass(frozen=True)
class Opened:
    """What an address brings.

    payload, attribution  of the view on screen, None where the address names none
    told                  for the page's notice: notes, and what Attribute (asked), Thresholds (rows) and Compare (pair)
                          begin with, each None where the address says nothing of it
    """

    payload: dict | None = None
    attribution: dict | None = None
    told: dict = field(default_factory=dict)


def open_address(query: Mapping[str, str], shelves: dict[str, Shelf], names: Names) -> Opened:
    """All of an address; at most one input is traced. Only files that cannot be read raise (OSError)."""
    parts = Parts(query)
    for name, known, words in (("tab", names.tabs, "the tab"), ("result", names.results, "the result")):
        parts.name_of(name, known(), words) if name in parts else None
    payload, attribution = _on_screen(read_link(parts, shipped()), shelves, parts)
    asked, rows, pair = read_asked(parts), read_rows(parts, names.rows), read_pair(parts)
    if asked:
        asked["key"] = payload["key"] if payload else None
    told = {"notes": few(parts.notes), "asked": asked, "rows": rows, "pair": pair}
    return Opened(payload, attribution, told)


def _on_screen(link: Link, shelves: dict[str, Shelf], parts: Parts) -> tuple[dict | None, dict | None]:
    """Payload and attribution of the view in Inspect; of a link without a text the example of its task."""
    if not link.x:
        return _example(without_text(link, parts), shelves, parts)
    try:
        trace, link = trace_link(replace(link, unread=()), parts)
    except ValueError as error:
        parts.note(f"the text was not used: {error}")
        return None, None
    chosen = shown(link, trace, parts)
    return trace_payload(trace) | ({"shown": chosen} if chosen else {}), None


def _example(link: Link, shelves: dict[str, Shelf], parts: Parts) -> tuple[dict | None, dict | None]:
    if not (link.task or link.decided):
        return None, None
    name = link.task or handlers.usual()
    shelf = shelf_of(shelves, name)
    stored = shelf.examples[0].trace if shelf and name == shelf.checkpoint and shelf.examples else None
    if stored and not (stored.generation and link.decided):  # a written text belongs to its route
        payload, attribution = shelf.payloads(0)
        fit = fitted(link, stored, parts)
        return payload | {"policy": fit.policy, "threshold": fit.threshold}, attribution
    x, h = shelf.texts(0) if shelf else ("", "")
    return _on_screen(replace(link, x=x, h=h), shelves, parts) if x else (None, None)


MOST_FIELDS = 50


def open_pair(request: dict) -> dict:
    """The views of Compare's part of an address, {views: [{side, payload, view}], notes}; request: a, b (may be None).

    Each input is traced once. A view that cannot be shown is left out, and the notes say why. Raises ValueError for
    what is no request.
    """
    texts = _texts(request)
    query = {"a": _fields(texts["a"]), "b": _fields(texts["a"]) | _fields(texts["b"] or "")}
    views, notes, found = [], [], {}
    for side in ("a", "b") if texts["b"] is not None else ("a",):
        parts = Parts(query[side], of=side.upper())
        link = read_link(parts, shipped())
        view = _view(link, parts, found)
        views += [{"side": side, **view}] if view else []
        notes += parts.notes
    return {"views": views, "notes": few(notes)}


def _view(link: Link, parts: Parts, found: dict) -> dict | None:
    """{payload, view} as the page pins it."""
    if not link.x:
        return parts.note("it has no text, so there is nothing to show")
    try:
        trace, fit = trace_link(link, parts, found)
    except ValueError as error:
        return parts.note(f"it is not shown: {error}")
    overrides = [[token, trace.flows.index(flow)] for token, flow in fit.flips]
    view = {"policy": fit.policy, "theta": fit.threshold, "overrides": overrides, "ignored": list(fit.unread)}
    return {"payload": trace_payload(trace), "view": view}


def _texts(request) -> dict[str, str | None]:
    a, b = (request.get("a"), request.get("b")) if isinstance(request, dict) else (None, None)
    given = [a] if b is None else [a, b]
    if not all(isinstance(text, str) and len(text) <= LONGEST_VIEW for text in given):
        raise ValueError(f"a and b must be texts of at most {LONGEST_VIEW:,} characters")
    return {"a": a, "b": b}


def _fields(text: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError as error:
        raise ValueError(f"a view has at most {MOST_FIELDS} parts") from error
