"""Pictures that visitors send: as a file the page has uploaded, or as a `data:` URL.

What stands above the inspector: task, decision layer, examples, and the two inputs; how a task relabels them.
"""

import base64
import io
import re
from dataclasses import dataclass
from pathlib import Path

import gradio as gr
from PIL import Image

from dualroute.app.catalogue import Shelf
from dualroute.app.inspect import inputs as pictures
from dualroute.inputs import from_url

MAX_BYTES = 8_000_000
MAX_URL = MAX_BYTES * 4 // 3 + 100
_PNG = re.compile(r"data:image/png;base64,[A-Za-z0-9+/]+={0,2}")


def uploaded(file: dict | None) -> bytes | None:
    """The bytes of a file the framework has taken in, and checked to be one of its own; None for none.

    Raises ValueError for one that is too large.
    """
    if not file or not file.get("path"):
        return None
    path = Path(file["path"])
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(_too_large())
    return path.read_bytes()


def sent(url: str, name: str) -> bytes | None:
    """The bytes of a picture in a `data:` URL; None for an empty text. Raises ValueError for anything else."""
    if not url:
        return None
    if len(url) > MAX_URL:
        raise ValueError(_too_large())
    return from_url(url, name)


def shown(url: str) -> Image.Image | None:
    """A stored picture for the page's input; None where there is none."""
    if not _PNG.fullmatch(url):
        return None
    return Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))


def _too_large() -> str:
    return f"the picture's file is too large: at most {MAX_BYTES // 1_000_000} MB are taken"


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
