"""What stands above the inspector: task, decision layer, examples and the two inputs; how a task relabels them."""

import base64
import io
import re
from dataclasses import dataclass
from pathlib import Path

import gradio as gr
from PIL import Image

from dualroute.app.catalogue import TaskEntry
from dualroute.app.contracts import MAX_PICTURE, check_picture_size

H_HINTS = {"items": ", one per line, the newest last"}
FOLLOWING = "words that follow"  # what a backward pass reads, whatever stands in h: see `trace_payload.h_name`
_PNG = re.compile(r"data:image/png;base64,[A-Za-z0-9+/]+={0,2}")


@dataclass(frozen=True)
class Inputs:
    """The components by name, the same for all tasks."""

    task: gr.Radio
    layer: gr.Radio
    question: gr.Markdown
    gallery: gr.Dataset
    x: gr.Textbox
    h: gr.Textbox
    picture: gr.Image
    run: gr.Button

    @property
    def relabelled(self) -> list:
        """The components that a change of task changes, in the order of `relabel`."""
        return [self.layer, self.question, self.gallery, self.x, self.h, self.picture]

    @property
    def read_by_run(self) -> list:
        """The components that a run reads: checkpoint, x, h, picture."""
        return [self.layer, self.x, self.h, self.picture]


def make_inputs(catalogue: dict[str, TaskEntry]) -> Inputs:
    """The inputs of the first task, filled with its first example."""
    name, entry = next(iter(catalogue.items()))
    x, h = entry.texts(0)
    choices = [(other.task.title, key) for key, other in catalogue.items()]
    return Inputs(
        task=gr.Radio(
            choices,
            value=name,
            label="Task",
            visible=len(catalogue) > 1,
            elem_id="task",
            show_label=False,
            container=False,
        ),
        question=gr.Markdown(_question(entry), elem_id="question"),
        layer=gr.Radio(**_layers(entry), label="Decision layer", container=False, elem_id="layer"),
        gallery=gr.Dataset(
            label="Examples",
            components=[gr.Textbox(visible=False)],
            samples=[[caption] for caption in entry.captions],
            type="index",
            elem_id="examples",
            visible=bool(entry.captions),
        ),
        **_texts(entry, x, h),
    )


def relabel(entry: TaskEntry, x: str, h: str, picture: str = "", checkpoint: str | None = None) -> tuple:
    """Updates of `Inputs.relabelled` for a task and an input."""
    return (
        gr.Radio(**_layers(entry, checkpoint)),
        _question(entry),
        gr.Dataset(samples=[[caption] for caption in entry.captions], visible=bool(entry.captions)),
        gr.Textbox(x, **_x(entry)),
        gr.Textbox(h, **_h(entry)),
        gr.Image(stored_picture(picture), **_picture(entry)),
    )


def _texts(entry: TaskEntry, x: str, h: str) -> dict:
    with gr.Row(elem_id="inputs"):
        return {
            "x": gr.Textbox(x, scale=5, min_width=280, elem_id="x", **_x(entry)),
            "h": gr.Textbox(h, scale=7, min_width=280, elem_id="h", **_h(entry)),
            "picture": gr.Image(
                stored_picture(entry.picture(0)),
                type="filepath",
                format="png",
                image_mode=None,
                sources=["upload", "clipboard"],
                buttons=[],
                height=190,
                scale=7,
                min_width=280,
                elem_id="picture",
                **_picture(entry),
            ),
            "run": gr.Button("Route it", variant="primary", elem_id="run", scale=1, min_width=110),
        }


def _x(entry: TaskEntry) -> dict:
    return {"label": _label(entry.task.x_name), "lines": 2, "max_lines": 8}


def _h(entry: TaskEntry) -> dict:
    label = _label(entry.task.h_name) + H_HINTS.get(entry.task.context, "")
    if entry.task.h_is_own_words:
        label += " (optional)" if entry.task.h_name == FOLLOWING else f" (optional, more {FOLLOWING})"
    return {"label": label, "lines": 2, "max_lines": 8, "visible": not entry.task.h_is_image}


def _picture(entry: TaskEntry) -> dict:
    label = f"{_label(entry.task.h_name)} (PNG, JPEG, WebP or GIF, up to {MAX_PICTURE // 1_000_000} MB)"
    return {"label": label, "visible": entry.task.h_is_image}


def _layers(entry: TaskEntry, checkpoint: str | None = None) -> dict:
    choices = [(layer.title, layer.checkpoint) for layer in entry.layers]
    return {"choices": choices, "value": checkpoint or entry.checkpoint, "visible": len(choices) > 1}


def _question(entry: TaskEntry) -> str:
    text = f"{entry.task.question} Try an example or your own text, then drag **θ** or click a token's **D** or **M**."
    return f"{text} {entry.note}".rstrip()


def _label(name: str) -> str:
    return name[:1].upper() + name[1:]


def uploaded_picture(file: dict | None) -> bytes | None:
    """The bytes of a file that the framework took in and checked to be its own; None for none.

    Raises ValueError for one that is too large.
    """
    if not file or not file.get("path"):
        return None
    path = Path(file["path"])
    check_picture_size(path.stat().st_size)
    return path.read_bytes()


def stored_picture(url: str) -> Image.Image | None:
    """The picture of a trace for the page's input; None where there is none."""
    if not _PNG.fullmatch(url):
        return None
    return Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))
