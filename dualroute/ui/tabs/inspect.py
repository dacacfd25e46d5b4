"""Tab "Inspect": one input, every token's route."""

from dataclasses import dataclass

import gradio as gr

from dualroute.ui import handlers
from dualroute.ui.components.inspector import make_inspector
from dualroute.ui.messages import as_message
from dualroute.ui.shelf import Shelf

# What is asked while an earlier request of the kind is under way comes after it, instead of being dropped.
QUIET = {"show_progress": "hidden", "api_visibility": "private", "trigger_mode": "always_last"}
MODEL = {"concurrency_id": "model", "concurrency_limit": 2}
# "always_last" would send the first request's data once more; "attribute" is the API's name.
ATTRIBUTE = QUIET | {"trigger_mode": "multiple", "api_name": "inspect_attribute"}
ATTRIBUTE |= {"concurrency_id": "attribute", "concurrency_limit": 1}


@dataclass(frozen=True)
class Widgets:
    """The components of the tab, by name. They are the same for all tasks; a change of task relabels them."""

    task: gr.Radio
    question: gr.Markdown
    gallery: gr.Dataset
    x: gr.Textbox
    h: gr.Textbox
    run: gr.Button
    inspector: gr.HTML

    @property
    def of_task(self) -> list:
        """Those that a change of task changes, in the order of `show_task`."""
        return [self.question, self.gallery, self.x, self.h, self.inspector]


def inspect_tab(page: gr.Blocks, shelves: dict[str, Shelf]) -> None:
    """Task, inputs, examples and the inspector. The first stored example is on screen from the start."""
    widgets = _widgets(shelves)
    _wire(page, widgets, shelves)


def _widgets(shelves: dict[str, Shelf]) -> Widgets:
    name, shelf = next(iter(shelves.items()))
    texts, captions = shelf.texts(0), [[caption] for caption in shelf.captions]
    choices = [(other.task.title, key) for key, other in shelves.items()]
    return Widgets(
        task=gr.Radio(
            choices,
            value=name,
            label="Task",
            show_label=False,
            container=False,
            visible=len(shelves) > 1,
            elem_id="task",
        ),
        question=gr.Markdown(_question(shelf), elem_id="question"),
        gallery=gr.Dataset(
            label="Examples",
            components=[gr.Textbox(visible=False)],
            samples=captions,
            type="index",
            elem_id="examples",
        ),
        **_inputs(shelf, texts),
        inspector=make_inspector(*shelf.payloads(0)),
    )


def _inputs(shelf: Shelf, texts: tuple[str, str]) -> dict:
    sizes = {"lines": 2, "max_lines": 5, "min_width": 280}
    with gr.Row(elem_id="inputs"):
        x = gr.Textbox(texts[0], label=_label(shelf.task.x_name), scale=5, elem_id="x", **sizes)
        h = gr.Textbox(texts[1], label=_label(shelf.task.h_name), scale=7, elem_id="h", **sizes)
        run = gr.Button("Route it", variant="primary", elem_id="run", scale=1, min_width=110)
    return {"x": x, "h": h, "run": run}


def _wire(page: gr.Blocks, at: Widgets, shelves: dict[str, Shelf]) -> None:
    def show_task(name: str):
        return *_relabelled(shelves[name], *shelves[name].texts(0)), _shown(shelves[name], 0)

    def show_example(name: str, index: int):
        return *shelves[name].texts(index), _shown(shelves[name], index)

    @as_message
    def attribute(event: gr.EventData):
        return gr.HTML(attribution=handlers.attribute(event._data or {}))

    @as_message
    def restore(request: gr.Request):
        payload = handlers.from_link(dict(request.query_params))
        if not payload or payload["checkpoint"] not in shelves:
            return (gr.skip(),) * 6
        shelf = shelves[payload["checkpoint"]]
        return shelf.task.name, *_relabelled(shelf, payload["x"], payload["h"]), payload

    gr.on(
        [at.run.click, at.x.submit, at.h.submit],
        as_message(handlers.analyse),
        [at.task, at.x, at.h],
        at.inspector,
        **QUIET,
        **MODEL,
    )
    at.task.input(show_task, at.task, at.of_task, **QUIET)
    at.gallery.select(show_example, [at.task, at.gallery], [at.x, at.h, at.inspector], **QUIET)
    at.inspector.attribute(attribute, None, at.inspector, **ATTRIBUTE)
    page.load(restore, None, [at.task, *at.of_task], **QUIET, **MODEL)


def _relabelled(shelf: Shelf, x: str, h: str) -> tuple:
    """Updates of question, gallery and both texts for a task."""
    return (
        _question(shelf),
        gr.Dataset(samples=[[caption] for caption in shelf.captions]),
        gr.Textbox(x, label=_label(shelf.task.x_name)),
        gr.Textbox(h, label=_label(shelf.task.h_name)),
    )


def _question(shelf: Shelf) -> str:
    return f"{shelf.task.question} Try an example or your own text, then drag **θ** or click a token's **D** or **M**."


def _label(name: str) -> str:
    return name[:1].upper() + name[1:]


def _shown(shelf: Shelf, index: int) -> gr.HTML:
    payload, attribution = shelf.payloads(index)
    return gr.HTML(value=payload, attribution=attribution)
