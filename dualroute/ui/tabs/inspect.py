"""Tab "Inspect": one input, every token's route."""

from collections.abc import Callable
from functools import wraps

import gradio as gr

from dualroute.figures.payload import attribution_payload, trace_payload
from dualroute.interpret.stored import StoredExample
from dualroute.tasks import Task
from dualroute.ui import handlers
from dualroute.ui.components.inspector import make_inspector

# What is asked while an earlier request of the kind is under way comes after it, instead of being dropped.
QUIET = {"show_progress": "hidden", "api_visibility": "private", "trigger_mode": "always_last"}
MODEL = {"concurrency_id": "model", "concurrency_limit": 2}


def inspect_tab(page: gr.Blocks, task: Task, examples: list[StoredExample]) -> None:
    """Inputs, examples and the inspector of one task. The first stored example is on screen from the start."""
    first = examples[0] if examples else None
    gr.Markdown(f"{task.question} Try an example or your own text, then drag **θ** or click a token's **D** or **M**.")
    gallery = gr.Dataset(
        label="Examples",
        components=[gr.Textbox(visible=False)],
        samples=[[example.trace.x] for example in examples],
        type="index",
        elem_id="examples",
    )
    with gr.Row(elem_id="inputs"):
        x = gr.Textbox(
            first.trace.x if first else "",
            label=task.x_name.capitalize(),
            lines=2,
            max_lines=5,
            scale=5,
            min_width=280,
            elem_id="x",
        )
        h = gr.Textbox(
            first.trace.h if first else "",
            label=task.h_name.capitalize(),
            lines=2,
            max_lines=5,
            scale=7,
            min_width=280,
            elem_id="h",
        )
        run = gr.Button("Route it", variant="primary", elem_id="run", scale=1, min_width=110)
    inspector = make_inspector(*(_payloads(first) if first else (None, None)))

    @as_message
    def analyse(x: str, h: str):
        return handlers.analyse(task.name, x, h)

    @as_message
    def attribute(event: gr.EventData):
        return gr.HTML(attribution=handlers.attribute(task.name, event._data or {}))

    def show(index: int):
        example = examples[index]
        payload, attribution = _payloads(example)
        return example.trace.x, example.trace.h, gr.HTML(value=payload, attribution=attribution)

    @as_message
    def restore(request: gr.Request):
        payload = handlers.from_link(task.name, dict(request.query_params))
        return (payload["x"], payload["h"], payload) if payload else (gr.skip(), gr.skip(), gr.skip())

    gr.on([run.click, x.submit, h.submit], analyse, [x, h], inspector, **QUIET, **MODEL)
    page.load(restore, None, [x, h, inspector], **QUIET, **MODEL)
    gallery.select(show, gallery, [x, h, inspector], **QUIET)
    # "always_last" would send the first request's data once more; "attribute" is the API's name.
    one_by_one = {"concurrency_id": "attribute", "concurrency_limit": 1, "api_name": "inspect_attribute"}
    inspector.attribute(attribute, None, inspector, **QUIET | {"trigger_mode": "multiple"}, **one_by_one)


def as_message(handler: Callable) -> Callable:
    """A ValueError is meant for the visitor: shown as a message, without a traceback in the log."""

    @wraps(handler)
    def wrapped(*args, **kwargs):
        try:
            return handler(*args, **kwargs)
        except ValueError as error:
            raise gr.Error(_sentence(str(error)), print_exception=False) from error

    return wrapped


def _sentence(text: str) -> str:
    """As a sentence, and as text: the page draws messages as HTML, and a message may quote what was sent."""
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def _payloads(example: StoredExample) -> tuple[dict, dict]:
    payload = trace_payload(example.trace, attributed=True)
    return payload, attribution_payload(example.trace, example.label, example.prediction, example.gate)
