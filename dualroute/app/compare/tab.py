"""Tab "Compare": two views side by side, and what would have happened otherwise."""

from typing import Any

import gradio as gr

from dualroute.app.catalogue import DecisionLayer, TaskEntry
from dualroute.app.components import MODEL_QUEUE, REQUEST, answer_request, html_component
from dualroute.app.contracts import read_request
from dualroute.app.models import get_router, run_trace, trace_from_request
from dualroute.app.requests import RoutersRequest, ViewRequest
from dualroute.app.url_state import open_pair
from dualroute.checkpoints import served_routers
from dualroute.export.scripts import asset
from dualroute.export.trace_payload import pack, trace_payload
from dualroute.inputs import from_url
from dualroute.trace.record import Trace

EVENTS = ("retrace", "through_all", "open_pair")


def compare_tab(catalogue: dict[str, TaskEntry]) -> None:
    """Pins, and the view in Inspect. θ, flips and comparison are the browser's; only other words need the server."""
    properties: dict[str, Any] = {"retraced": None, "routed": None, "paired": None}
    start = {"choices": choices(catalogue)}
    compare = html_component("compare", start, asset("compare.html"), EVENTS, **properties)

    def on_retrace(event: gr.EventData):
        return gr.HTML(retraced=answer_request(retrace, event._data or {}))

    def on_through_all(event: gr.EventData):
        return gr.HTML(routed=answer_request(through_all, event._data or {}))

    def on_open_pair(event: gr.EventData):
        return gr.HTML(paired=answer_request(open_pair, event._data or {}))

    queue = REQUEST | MODEL_QUEUE
    compare.open_pair(on_open_pair, None, compare, api_name="open_pair", **queue)
    compare.retrace(on_retrace, None, compare, api_name="retrace", **queue)
    compare.through_all(on_through_all, None, compare, api_name="through_all", **queue)


def choices(catalogue: dict[str, TaskEntry]) -> list[dict]:
    """Every checkpoint of the page with its title and the kind of its context, in the order of the tasks."""
    return [
        {"name": layer.checkpoint, "title": _title(entry, layer), "context": entry.task.context, "task": entry.key}
        for entry in catalogue.values()
        for layer in entry.layers
    ]


def retrace(data: dict) -> dict:
    """The trace payload of changed words or of another router; data: a `ViewRequest`."""
    return {"payload": trace_payload(trace_from_request(read_request(ViewRequest, data)))}


def through_all(data: dict) -> dict:
    """The gates of several routers for one text, a `GatesPayload`; data: a `RoutersRequest`, its own router first.

    Routers whose context is of another kind (a picture, items) see x alone. A router that cannot take the text says why
    in `error`.
    """
    request = read_request(RoutersRequest, data)
    source = trace_from_request(request)
    wanted = served_routers() if request.routers is None else request.routers
    others = [name for name in dict.fromkeys(wanted) if name != request.checkpoint]
    return {"rows": [_gates_row(source, given=True), *(_other_row(source, name) for name in others)]}


def _other_row(source: Trace, name: str) -> dict:
    same_kind = get_router(name).reads_context_of(source)
    h, image = (source.h, source.image) if same_kind else ("", "")
    try:
        trace = run_trace(name, source.x, h, image=from_url(image, "picture") if image else None)
        return _gates_row(trace, same_kind)
    except ValueError as error:
        return {"checkpoint": name, "error": str(error)}


def _gates_row(trace: Trace, given: bool) -> dict:
    return {
        "checkpoint": trace.spec.checkpoint,
        "tokens": list(trace.tokens),
        "gates": pack(trace.gates),
        "given": given,
        "reads": bool(trace.context_tokens),
        "threshold": trace.spec.threshold,
        "policy": trace.spec.policy,
    }


def _title(entry: TaskEntry, layer: DecisionLayer) -> str:
    return entry.task.title if len(entry.layers) == 1 else f"{entry.task.title}: {layer.short}"
