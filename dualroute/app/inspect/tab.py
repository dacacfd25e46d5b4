"""Tab "Inspect": one input, every word's route. One component, whose numbers move in the browser."""

import os
from collections.abc import Callable

import gradio as gr

from dualroute.app.catalogue import TaskEntry
from dualroute.app.components import (
    ATTRIBUTION_QUEUE,
    MODEL_QUEUE,
    QUIET,
    REQUEST,
    answer,
    answer_request,
    html_component,
)
from dualroute.app.contracts import read_request
from dualroute.app.inspect.controls import task_choices
from dualroute.app.models import attributions_of, trace_from_request
from dualroute.app.requests import ExampleRequest, FileRequest, LabelRequest, ViewRequest
from dualroute.app.url_state import Names, open_address
from dualroute.export.saved_views import file_parts
from dualroute.export.scripts import inspector_template
from dualroute.export.trace_payload import answer_name, attribution_payload, trace_key, trace_payload
from dualroute.trace.answers import Classes
from dualroute.trace.targets import parse_target

EVENTS = ("attribute", "rewrite", "shell")
DIRECT = {"view": "viewed", "example": "viewed"}  # asked without the queue; the property that an answer is
# An attribution may spend this many tokens times steps: a short text gets all steps it needs, the longest a few
# seconds on two cores. The page says whether they were enough.
ATTRIBUTION_TOKENS, MIN_STEPS, MAX_STEPS = 8_000, 14, 140


def inspect_tab(page: gr.Blocks, catalogue: dict[str, TaskEntry], notice: gr.HTML, names: Names) -> None:
    """Task, examples, input and the inspector. The first stored example is on screen from the start.

    notice  shows what of the address could not be used
    """
    payload, attribution = next(iter(catalogue.values())).payloads(0)
    inspector = make_inspector(payload, attribution, catalogue)
    _answer(inspector)
    _restore(page, inspector, catalogue, notice, names)


def make_inspector(
    payload: dict, attribution: dict | None = None, catalogue: dict[str, TaskEntry] | None = None
) -> gr.HTML:
    """The component. payload: of a trace; attribution: of the same trace; catalogue: what can be chosen."""
    answers = {"opened": None, "rewritten": None, "shell": None}
    properties = {"attribution": attribution, "tasks": task_choices(catalogue or {}), "direct": DIRECT, **answers}
    return html_component("inspect", payload or {}, inspector_html(), EVENTS, elem_id="inspector", **properties)


def inspector_html() -> str:
    """The inspector's template; its links point to the Space that serves the page, if one does."""
    return inspector_template(os.environ.get("SPACE_ID", ""))


def inspect_handlers(catalogue: dict[str, TaskEntry]) -> dict[str, Callable[[dict], dict]]:
    """What answers the inspector's requests that do without the queue, by their names."""
    return {"view": view, "example": lambda data: example(data, catalogue)}


def view_payload(data: dict) -> dict:
    """The trace payload of a `ViewRequest`. Raises ValueError, in words, for an input that cannot be routed."""
    return trace_payload(trace_from_request(read_request(ViewRequest, data)))


def view(data: dict) -> dict:
    """A `ViewPayload` of the visitor's own input, of another router, or of what another tab wants to see."""
    return {"payload": view_payload(data), "attribution": None}


def example(data: dict, catalogue: dict[str, TaskEntry]) -> dict:
    """A `ViewPayload` of a stored example; only where nothing is stored, a model runs. data: an `ExampleRequest`."""
    request = read_request(ExampleRequest, data)
    entry = catalogue.get(request.task)
    if entry is None or request.index >= max(1, len(entry.pairs)):
        raise ValueError(f"no example {request.index + 1} of the task {request.task!r:.80}")
    payload, attribution = entry.payloads(request.index)
    if not payload and entry.pairs:
        x, h = entry.texts(request.index)
        payload = view_payload({"checkpoint": entry.checkpoint, "x": x, "h": h})
    return {"payload": payload, "attribution": attribution}


def attribute(data: dict) -> dict:
    """The attribution payload of a `LabelRequest`, for the decision on the visitor's screen."""
    request = read_request(LabelRequest, data)
    trace = trace_from_request(request)
    label = request.label or answer_name(trace)
    if isinstance(trace.answer, Classes) and label not in trace.labels:
        raise ValueError(f"unknown label {label!r:.80}; there are {', '.join(trace.labels)}")
    tokens = len(trace.tokens) + len(trace.context_tokens)
    steps = max(MIN_STEPS, min(MAX_STEPS, ATTRIBUTION_TOKENS // tokens))
    targets = [parse_target(trace, name) for name in (f"prediction:{label}" if label else "prediction", "gate")]
    prediction, gate = attributions_of(trace, targets, "integrated_gradients", max_steps=steps)
    return attribution_payload(trace, label, prediction, gate) | {"key": trace_key(trace)}


def saved_parts(data: dict) -> dict:
    """The parts of a saved file, a `FileParts`; data: a `FileRequest`. They hold no text of a visitor."""
    request = read_request(FileRequest, data)
    return {"parts": file_parts(request.pair), "pair": request.pair}


def _answer(inspector: gr.HTML) -> None:
    """What the inspector asks the queue for."""

    def on_attribute(event: gr.EventData):
        return gr.HTML(attribution=answer_request(attribute, event._data or {}))

    def on_rewrite(event: gr.EventData):
        return gr.HTML(rewritten=answer_request(view_payload, event._data or {}))

    def on_shell(event: gr.EventData):
        return gr.HTML(shell=answer_request(saved_parts, event._data or {}))

    inspector.shell(on_shell, None, inspector, api_name="shell", **REQUEST)
    queue = REQUEST | ATTRIBUTION_QUEUE
    inspector.attribute(on_attribute, None, inspector, api_name="inspect_attribute", **queue)
    inspector.rewrite(on_rewrite, None, inspector, api_name="rewrite", **REQUEST, **MODEL_QUEUE)


def _restore(
    page: gr.Blocks, inspector: gr.HTML, catalogue: dict[str, TaskEntry], notice: gr.HTML, names: Names
) -> None:
    """The view from the address, in the property `opened`: the page waits for it where the address names one."""

    def restore(request: gr.Request):
        notice: dict = {}

        def open_view(parameters: dict[str, str]) -> dict:
            opened = open_address(parameters, catalogue, names)
            notice.update(opened.notice)
            return opened.view

        view = answer(open_view, dict(request.query_params))
        return gr.HTML(opened=view), notice

    page.load(restore, None, [inspector, notice], **QUIET, **MODEL_QUEUE)
