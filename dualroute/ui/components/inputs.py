"""What stands above the inspector: task, decision layer, examples, and the two inputs; how a task relabels them."""

from dataclasses import dataclass

import gradio as gr

from dualroute.ui import pictures
from dualroute.ui.shelf import Shelf

H_HINTS = {"items": ", one per line, the newest last"}
FOLLOWING = "words that follow"  # what a backward pass reads, whatever stands in h: see `payload.h_name`


@dataclass(frozen=True)
class Inputs:
    """The components, by name. They are the same for all tasks; a change of task relabels them."""

    task: gr.Radio
    layer: gr.Radio
    question: gr.Markdown
    gallery: gr.Dataset
    x: gr.Textbox
    h: gr.Textbox
    picture: gr.Image
    run: gr.Button

    @property
    def of_task(self) -> list:
        """Those that a change of task changes, in the order of `relabelled`."""
        return [self.layer, self.question, self.gallery, self.x, self.h, self.picture]

    @property
    def sent(self) -> list:
        """Those that a run reads: checkpoint, x, h, picture."""
        return [self.layer, self.x, self.h, self.picture]


def make_inputs(shelves: dict[str, Shelf]) -> Inputs:
    """The inputs of the first task, filled with its first example."""
    name, shelf = next(iter(shelves.items()))
    x, h = shelf.texts(0)
    choices = [(other.task.title, key) for key, other in shelves.items()]
    quiet = {"show_label": False, "container": False}
    return Inputs(
        task=gr.Radio(choices, value=name, label="Task", visible=len(shelves) > 1, elem_id="task", **quiet),
        question=gr.Markdown(_question(shelf), elem_id="question"),
        layer=gr.Radio(**_layers(shelf), label="Decision layer", container=False, elem_id="layer"),
        gallery=gr.Dataset(
            label="Examples",
            components=[gr.Textbox(visible=False)],
            samples=[[caption] for caption in shelf.captions],
            type="index",
            elem_id="examples",
        ),
        **_texts(shelf, x, h),
    )


def relabelled(shelf: Shelf, x: str, h: str, picture: str = "", checkpoint: str | None = None) -> tuple:
    """Updates of `Inputs.of_task` for a task and an input."""
    return (
        gr.Radio(**_layers(shelf, checkpoint)),
        _question(shelf),
        gr.Dataset(samples=[[caption] for caption in shelf.captions]),
        gr.Textbox(x, **_x(shelf)),
        gr.Textbox(h, **_h(shelf)),
        gr.Image(pictures.shown(picture), **_picture(shelf)),
    )


def _texts(shelf: Shelf, x: str, h: str) -> dict:
    with gr.Row(elem_id="inputs"):
        return {
            "x": gr.Textbox(x, scale=5, min_width=280, elem_id="x", **_x(shelf)),
            "h": gr.Textbox(h, scale=7, min_width=280, elem_id="h", **_h(shelf)),
            "picture": gr.Image(
                pictures.shown(shelf.picture(0)),
                type="filepath",
                format="png",
                image_mode=None,
                sources=["upload", "clipboard"],
                buttons=[],
                height=190,
                scale=7,
                min_width=280,
                elem_id="picture",
                **_picture(shelf),
            ),
            "run": gr.Button("Route it", variant="primary", elem_id="run", scale=1, min_width=110),
        }


def _x(shelf: Shelf) -> dict:
    return {"label": _label(shelf.task.x_name), "lines": 2, "max_lines": 8}


def _h(shelf: Shelf) -> dict:
    label = _label(shelf.task.h_name) + H_HINTS.get(shelf.context, "")
    if shelf.context == "backward":
        label += " (optional)" if shelf.task.h_name == FOLLOWING else f" (optional, more {FOLLOWING})"
    return {"label": label, "lines": 2, "max_lines": 8, "visible": shelf.context != "image"}


def _picture(shelf: Shelf) -> dict:
    label = f"{_label(shelf.task.h_name)} (PNG, JPEG, WebP or GIF, up to {pictures.MAX_BYTES // 1_000_000} MB)"
    return {"label": label, "visible": shelf.context == "image"}


def _layers(shelf: Shelf, checkpoint: str | None = None) -> dict:
    choices = [(layer.title, layer.checkpoint) for layer in shelf.layers]
    return {"choices": choices, "value": checkpoint or shelf.checkpoint, "visible": len(choices) > 1}


def _question(shelf: Shelf) -> str:
    told = f"{shelf.task.question} Try an example or your own text, then drag **θ** or click a token's **D** or **M**."
    return f"{told} {shelf.note}".rstrip()


def _label(name: str) -> str:
    return name[:1].upper() + name[1:]
