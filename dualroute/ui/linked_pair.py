"""The two views that an address brings to Compare, and what of them was not used."""

from urllib.parse import parse_qsl

from dualroute.figures.payload import trace_payload
from dualroute.paths import shipped
from dualroute.ui.link_parts import Parts, few
from dualroute.ui.link_settings import LONGEST_VIEW
from dualroute.ui.link_tracing import trace_link
from dualroute.ui.links import Link, read_link

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
