"""The inspector: one HTML component whose numbers move in the browser.

The template is static and the tokens enter through `textContent` alone: the framework evaluates `${…}` in
templates, so nothing a visitor typed may come near one.


Tab "Inspect": one input, every token's route.
"""

import os

import gradio as gr
from gradio.events import Dependency

from dualroute.app.catalogue import Shelf, shelf_of
from dualroute.app.components import answered, as_message, plotly_url, tab_names
from dualroute.app.inspect import handlers
from dualroute.app.inspect import inputs as pictures
from dualroute.app.inspect.inputs import Inputs, make_inputs, relabelled
from dualroute.app.results.tab import result_names
from dualroute.app.tables import offer_parquet
from dualroute.app.thresholds.handlers import row_names
from dualroute.app.url_state import address as linked
from dualroute.export.saved_views import file_parts
from dualroute.export.scripts import asset, inspector_template, script


def make_inspector(value: dict | None, attribution: dict | None = None) -> gr.HTML:
    """The component; `value` is a trace payload, `attribution` an attribution payload of the same trace."""
    return gr.HTML(
        value or {},
        html_template=inspector_template(plotly_url(), os.environ.get("SPACE_ID", "")),
        css_template=asset("css/inspector.css"),
        js_on_load=script(),
        apply_default_css=False,
        attribution=attribution,
        rewritten=None,
        shell=None,
        parquet=None,
        elem_id="inspector",
    )


# What is asked while an earlier request of the kind is under way comes after it, instead of being dropped.
QUIET = {"show_progress": "hidden", "api_visibility": "private", "trigger_mode": "always_last"}
MODEL = {"concurrency_id": "model", "concurrency_limit": 2}
# "always_last" would send the first request's data once more; the page itself asks for one thing at a time.
ASKED = QUIET | {"trigger_mode": "multiple"}
# One visitor's long attribution must not make the others wait; with more at once all would be slow.
ATTRIBUTE = {"concurrency_id": "attribute", "concurrency_limit": 3}


def inspect_tab(page: gr.Blocks, shelves: dict[str, Shelf], notice: gr.HTML) -> None:
    """Task, inputs, examples and the inspector. The first stored example is on screen from the start.

    notice  where it is told what of the address could not be used
    """
    inputs = make_inputs(shelves)
    inspector = make_inspector(*next(iter(shelves.values())).payloads(0))
    running = _run(inputs, inspector)
    _choose(inputs, inspector, shelves, running)
    _answer(inspector)
    _restore(page, inputs, inspector, shelves, notice)


def _choose(at: Inputs, inspector: gr.HTML, shelves: dict[str, Shelf], running: Dependency) -> None:
    """Tasks and examples: what is stored is shown, no model is asked; only where nothing is, one has to be.

    running  what a choice ends: a late answer to the input before would else stand under the new one
    """

    def show_task(name: str):
        shelf = shelves[name]
        return *relabelled(shelf, *shelf.texts(0), shelf.picture(0)), _shown(shelf, 0)

    def show_example(name: str, index: int):
        shelf = shelves[name]
        picture = gr.Image(pictures.shown(shelf.picture(index))) if shelf.context == "image" else gr.skip()
        return shelf.checkpoint, *shelf.texts(index), picture, _shown(shelf, index)

    at.task.input(show_task, at.task, [*at.of_task, inspector], cancels=[running], **QUIET)
    at.gallery.select(show_example, [at.task, at.gallery], [*at.sent, inspector], cancels=[running], **QUIET)


def _run(at: Inputs, inspector: gr.HTML) -> Dependency:
    """The visitor's own input, and another decision layer for what is there."""

    @as_message
    def analyse(checkpoint: str, x: str, h: str, picture: dict | None):
        return handlers.analyse(checkpoint, x, h, pictures.uploaded(picture)) | {"run": True}

    # Taken as sent: the framework's own reading of a broken picture would end in an error without words.
    return gr.on(
        [at.run.click, at.x.submit, at.h.submit, at.layer.input],
        analyse,
        at.sent,
        inspector,
        preprocess=False,
        api_name="analyse",
        **QUIET,
        **MODEL,
    )


def _answer(inspector: gr.HTML) -> None:
    """What the inspector asks for by itself."""

    def attribute(event: gr.EventData):
        return gr.HTML(attribution=answered(handlers.attribute, event._data or {}))

    def rewrite(event: gr.EventData):
        return gr.HTML(rewritten=answered(handlers.rewrite, event._data or {}))

    def shell(event: gr.EventData):
        return gr.HTML(shell=answered(_file_parts, event._data or {}))

    inspector.shell(shell, None, inspector, api_name="shell", **ASKED)
    offer_parquet(inspector, "inspect", **ASKED)
    inspector.attribute(attribute, None, inspector, api_name="inspect_attribute", **ASKED, **ATTRIBUTE)
    inspector.rewrite(rewrite, None, inspector, api_name="rewrite", **ASKED, **MODEL)


def _file_parts(request: dict) -> dict:
    """The parts of a saved file with one view, or with a pair; no word of a visitor is in them or asked for."""
    pair = request.get("pair") is True
    return {"parts": file_parts(pair), "pair": pair}


def _restore(page: gr.Blocks, at: Inputs, inspector: gr.HTML, shelves: dict[str, Shelf], notice: gr.HTML) -> None:
    """A view from elsewhere, of the address or of another tab: the inputs follow it."""
    shown = [at.task, *at.of_task, inspector]
    names = linked.Names(lambda: tab_names(page), result_names, row_names)

    def filled(payload: dict | None, attribution: dict | None = None) -> tuple:
        shelf = shelf_of(shelves, payload["checkpoint"]) if payload else None
        if not shelf:
            return (gr.skip(),) * len(shown)
        restored = relabelled(shelf, payload["x"], payload["h"], payload["image"], payload["checkpoint"])
        view = gr.HTML(value=payload, attribution=attribution) if attribution else payload
        return shelf.task.name, *restored, view

    @as_message
    def restore(request: gr.Request):
        opened = linked.open_address(dict(request.query_params), shelves, names)
        return *filled(opened.payload, opened.attribution), opened.told

    @as_message
    def open_view(event: gr.EventData):
        return filled(handlers.open_view(event._data or {}))

    page.load(restore, None, [*shown, notice], **QUIET, **MODEL)
    inspector.open_view(open_view, None, shown, api_name="open_view", **ASKED, **MODEL)


def _shown(shelf: Shelf, index: int) -> gr.HTML:
    payload, attribution = shelf.payloads(index)
    if not payload and shelf.pairs:
        payload = handlers.analyse(shelf.checkpoint, *shelf.texts(index))
    return gr.HTML(value=payload, attribution=attribution)
