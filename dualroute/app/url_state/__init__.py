"""Opens an address: the view in Inspect, what the other tabs begin with, and notes on what was not used."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl

from dualroute.app.catalogue import TaskEntry, entry_of
from dualroute.app.contracts import read_request
from dualroute.app.models import default_task, get_router, run_trace
from dualroute.app.requests import PairRequest
from dualroute.app.url_state.grammar import Link, clip_to_trace, read_link, selection, without_text
from dualroute.app.url_state.query import UrlQuery, first_notes, quoted, read_attribution, read_pair, read_rows
from dualroute.checkpoints import served_routers
from dualroute.export.trace_payload import trace_payload
from dualroute.trace.decision import Decision
from dualroute.trace.record import Trace

MAX_FIELDS = 50  # parameters of a view inside an address

Traces = dict[tuple[str, str, str], Trace]  # by checkpoint, x and h


@dataclass(frozen=True)
class Names:
    """Functions that return the names only the page knows; they are called where an address has such a parameter."""

    tabs: Callable[[], list[str]]
    results: Callable[[], list[str]]
    rows: Callable[[], list[str]]


@dataclass(frozen=True)
class OpenedAddress:
    """What an address brings.

    payload, attribution  of the view in Inspect; None where the address names none
    notice                a `Notice`: notes, and what Attribute (asked), Thresholds (rows) and Compare (pair) begin with
    """

    payload: dict | None = None
    attribution: dict | None = None
    notice: dict = field(default_factory=dict)

    @property
    def view(self) -> dict:
        """The `OpenedView`."""
        return {"payload": self.payload, "attribution": self.attribution}


def open_address(parameters: Mapping[str, str], catalogue: dict[str, TaskEntry], names: Names) -> OpenedAddress:
    """Open an address; at most one input is traced. Only files that cannot be read raise (OSError)."""
    query = UrlQuery(parameters)
    for name, options, words in (("tab", names.tabs, "the tab"), ("result", names.results, "the result")):
        if name in query:
            query.choice(name, options(), words)
    payload, attribution = _inspect_view(read_link(query, list(served_routers())), catalogue, query)
    workbench, rows, pair = read_attribution(query), read_rows(query, names.rows), read_pair(query)
    if workbench:
        workbench["key"] = payload["key"] if payload else None
    notice = {"notes": first_notes(query.notes), "asked": workbench, "rows": rows, "pair": pair}
    return OpenedAddress(payload, attribution, notice)


def open_pair(data: dict) -> dict:
    """The `PairPayload` of Compare's part of an address; `data` is a `PairRequest`.

    Each input is traced once. A view that cannot be shown is left out, and the notes say why. Raises ValueError for a
    wrong request.
    """
    request = read_request(PairRequest, data)
    a, b = _fields(request.a), _fields(request.b or "")
    parameters = {"a": a} if request.b is None else {"a": a, "b": a | b}
    views, notes, traces = [], [], {}
    for side, values in parameters.items():
        query = UrlQuery(values, side.upper())
        view = _pinned_view(read_link(query, list(served_routers())), query, traces)
        views += [{"side": side, **view}] if view else []
        notes += query.notes
    return {"views": views, "notes": first_notes(notes)}


def trace_link(link: Link, query: UrlQuery, traces: Traces | None = None) -> tuple[Trace, Link]:
    """The trace of a link's input, and what of the link fits it. Raises ValueError for an input that cannot be routed.

    traces  earlier ones, which are used and added to: another decision about the same input needs no model
    """
    name, traces = link.task or default_task(), {} if traces is None else traces
    config = get_router(name).model.config
    if config.h_is_image and link.h and not link.h.startswith("data:"):
        query.note(
            f"the text {quoted(link.h)} was not used: here the {config.h_name} is what is read, and no link holds one"
        )
        link = replace(link, h="")
    if config.writes_text:
        return _trace_written(name, link, query)
    place = (name, link.x, link.h)
    if place not in traces:
        traces[place] = run_trace(*place)
    trace = traces[place]
    link = clip_to_trace(link, trace, query)
    return with_decision(trace, link.decision), link


def with_decision(trace: Trace, decision: Decision) -> Trace:
    """The trace under another decision: its contributions hold for all of them. Not for a text that was written."""
    return replace(trace, spec=replace(trace.spec, decision=replace(trace.decided(decision), ignored=())))


def _trace_written(name: str, link: Link, query: UrlQuery) -> tuple[Trace, Link]:
    """A text belongs to its route: it is written for the link's decision, or for what of it fits."""
    link = replace(link, decision=replace(link.decision, ignored=()))
    try:
        trace = run_trace(name, link.x, link.h, link.decision)
        return trace, clip_to_trace(link, trace, query)
    except ValueError:
        link = clip_to_trace(link, run_trace(name, link.x, link.h), query)
        return run_trace(name, link.x, link.h, link.decision), link


def _inspect_view(link: Link, catalogue: dict[str, TaskEntry], query: UrlQuery) -> tuple[dict | None, dict | None]:
    """Payload and attribution of the view in Inspect; for a link without a text, of its task's example."""
    if not link.x:
        return _example(without_text(link, query), catalogue, query)
    try:
        trace, link = trace_link(replace(link, decision=replace(link.decision, ignored=())), query)
    except ValueError as error:
        query.note(f"the text was not used: {error}")
        return None, None
    selected = selection(link, trace, query)
    return trace_payload(trace) | ({"shown": selected} if selected else {}), None


def _example(link: Link, catalogue: dict[str, TaskEntry], query: UrlQuery) -> tuple[dict | None, dict | None]:
    if not (link.task or link.has_decision):
        return None, None
    name = link.task or default_task()
    entry = entry_of(catalogue, name)
    stored = entry.examples[0].trace if entry and name == entry.checkpoint and entry.examples else None
    if entry and stored and (stored.replayable or not link.has_decision):  # a written text belongs to its route
        payload, attribution = entry.payloads(0)
        decision = clip_to_trace(link, stored, query).decision
        return payload | {"policy": decision.policy, "threshold": decision.threshold}, attribution
    x, h = entry.texts(0) if entry else ("", "")
    return _inspect_view(replace(link, x=x, h=h), catalogue, query) if x else (None, None)


def _pinned_view(link: Link, query: UrlQuery, traces: Traces) -> dict | None:
    """{payload, view} as the page pins it."""
    if not link.x:
        return query.note("it has no text, so there is nothing to show")
    try:
        trace, link = trace_link(link, query, traces)
    except ValueError as error:
        return query.note(f"it is not shown: {error}")
    decision = link.decision
    overrides = [[token, trace.flows.index(flow)] for token, flow in decision.flips.items()]
    view = {"policy": decision.policy, "theta": decision.threshold, "overrides": overrides}
    return {"payload": trace_payload(trace), "view": view | {"ignored": list(decision.ignored or ())}}


def _fields(address: str) -> dict[str, str]:
    """The parameters of a view inside an address."""
    try:
        return dict(parse_qsl(address, keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ValueError as error:
        raise ValueError(f"a view has at most {MAX_FIELDS} parts") from error
