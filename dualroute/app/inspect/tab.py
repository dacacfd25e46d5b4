"""Tab "Inspect": one input, every token's route. The inspector is one component whose numbers move in the browser."""

import os

import gradio as gr
from gradio.events import Dependency

from dualroute.app.catalogue import TaskEntry, entry_of
from dualroute.app.components import (
    ATTRIBUTION_QUEUE,
    MODEL_QUEUE,
    QUIET,
    REQUEST,
    answer_request,
    as_message,
    html_component,
    offer_parquet,
)
from dualroute.app.contracts import read_request
from dualroute.app.inspect.controls import Inputs, make_inputs, relabel, stored_picture, uploaded_picture
from dualroute.app.models import attributions_of, trace_from_request
from dualroute.app.requests import FileRequest, LabelRequest, ViewRequest
from dualroute.app.url_state import Names, open_address
from dualroute.export.saved_views import file_parts
from dualroute.export.scripts import inspector_template
from dualroute.export.trace_payload import answer_name, attribution_payload, trace_key, trace_payload
from dualroute.trace.answers import Classes
from dualroute.trace.targets import parse_target

EVENTS = ("attribute", "rewrite", "open_view", "shell", "as_parquet")
# An attribution may spend this many tokens times steps: a short text gets all steps it needs, the longest a few
# seconds on two cores. The page says whether they were enough.
ATTRIBUTION_TOKENS, MIN_STEPS, MAX_STEPS = 8_000, 14, 140


def inspect_tab(page: gr.Blocks, catalogue: dict[str, TaskEntry], notice: gr.HTML, names: Names) -> None:
    """Task, inputs, examples and the inspector. The first stored example is on screen from the start.

    notice  shows what of the address could not be used
    """
    inputs = make_inputs(catalogue)
    payload, attribution = next(iter(catalogue.values())).payloads(0)
    inspector = make_inspector(payload, attribution)
    running = _run(inputs, inspector)
    _choose(inputs, inspector, catalogue, running)
    _answer(inspector)
    _restore(page, inputs, inspector, catalogue, notice, names)


def make_inspector(payload: dict, attribution: dict | None = None) -> gr.HTML:
    """The component. payload: of a trace; attribution: of the same trace."""
    template = inspector_template("PLOTLY_URL", os.environ.get("SPACE_ID", ""))
    properties = {"attribution": attribution, "rewritten": None, "shell": None, "parquet": None}
    return html_component("inspect", payload or {}, template, EVENTS, elem_id="inspector", **properties)


def view_payload(data: dict, image: bytes | None = None) -> dict:
    """The trace payload of a `ViewRequest`. Raises ValueError, in words for the visitor, where nothing can be routed.

    image  the file of a picture that the page has uploaded
    """
    return trace_payload(trace_from_request(read_request(ViewRequest, data), image))


def open_view(data: dict) -> dict:
    """The payload of a view that another tab wants to see.

    opened  the request's id: the page ignores a value equal to the last one, but the view may have changed since
    """
    return view_payload(data) | {"opened": data.get("id")}


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


def _choose(inputs: Inputs, inspector: gr.HTML, catalogue: dict[str, TaskEntry], running: Dependency) -> None:
    """Tasks and examples show what is stored; only where nothing is, a model runs.

    running  a run, which a choice ends: its late answer would stand under the new input
    """

    def show_task(name: str):
        entry = catalogue[name]
        return *relabel(entry, *entry.texts(0), entry.picture(0)), _example(entry, 0)

    def show_example(name: str, index: int):
        entry = catalogue[name]
        picture = gr.Image(stored_picture(entry.picture(index))) if entry.task.h_is_image else gr.skip()
        return entry.checkpoint, *entry.texts(index), picture, _example(entry, index)

    outputs = [*inputs.relabelled, inspector]
    inputs.task.input(show_task, inputs.task, outputs, cancels=[running], **QUIET)
    outputs = [*inputs.read_by_run, inspector]
    inputs.gallery.select(show_example, [inputs.task, inputs.gallery], outputs, cancels=[running], **QUIET)


def _run(inputs: Inputs, inspector: gr.HTML) -> Dependency:
    """The visitor's own input, and another decision layer for what is there."""

    @as_message
    def analyse(checkpoint: str, x: str, h: str, picture: dict | None):
        data = {"checkpoint": checkpoint, "x": x, "h": h}
        return view_payload(data, uploaded_picture(picture)) | {"run": True}

    # Without preprocessing: the framework's own reading of a broken picture would end in an error without words.
    return gr.on(
        [inputs.run.click, inputs.x.submit, inputs.h.submit, inputs.layer.input],
        analyse,
        inputs.read_by_run,
        inspector,
        preprocess=False,
        api_name="analyse",
        **QUIET,
        **MODEL_QUEUE,
    )


def _answer(inspector: gr.HTML) -> None:
    """What the inspector asks for by itself."""

    def on_attribute(event: gr.EventData):
        return gr.HTML(attribution=answer_request(attribute, event._data or {}))

    def on_rewrite(event: gr.EventData):
        return gr.HTML(rewritten=answer_request(view_payload, event._data or {}))

    def on_shell(event: gr.EventData):
        return gr.HTML(shell=answer_request(saved_parts, event._data or {}))

    inspector.shell(on_shell, None, inspector, api_name="shell", **REQUEST)
    offer_parquet(inspector, "inspect")
    queue = REQUEST | ATTRIBUTION_QUEUE
    inspector.attribute(on_attribute, None, inspector, api_name="inspect_attribute", **queue)
    inspector.rewrite(on_rewrite, None, inspector, api_name="rewrite", **REQUEST, **MODEL_QUEUE)


def _restore(
    page: gr.Blocks, inputs: Inputs, inspector: gr.HTML, catalogue: dict[str, TaskEntry], notice: gr.HTML, names: Names
) -> None:
    """A view from the address or from another tab: the inputs follow it."""
    outputs = [inputs.task, *inputs.relabelled, inspector]

    def updates(payload: dict | None, attribution: dict | None = None) -> tuple:
        entry = entry_of(catalogue, payload["checkpoint"]) if payload else None
        if not payload or not entry:
            return (gr.skip(),) * len(outputs)
        relabelled = relabel(entry, payload["x"], payload["h"], payload["image"], payload["checkpoint"])
        view = gr.HTML(value=payload, attribution=attribution) if attribution else payload
        return entry.key, *relabelled, view

    @as_message
    def restore(request: gr.Request):
        opened = open_address(dict(request.query_params), catalogue, names)
        return *updates(opened.payload, opened.attribution), opened.notice

    @as_message
    def on_open_view(event: gr.EventData):
        return updates(open_view(event._data or {}))

    page.load(restore, None, [*outputs, notice], **QUIET, **MODEL_QUEUE)
    inspector.open_view(on_open_view, None, outputs, api_name="open_view", **REQUEST, **MODEL_QUEUE)


def _example(entry: TaskEntry, index: int) -> gr.HTML:
    payload, attribution = entry.payloads(index)
    if not payload and entry.pairs:
        x, h = entry.texts(index)
        payload = view_payload({"checkpoint": entry.checkpoint, "x": x, "h": h})
    return gr.HTML(value=payload, attribution=attribution)
