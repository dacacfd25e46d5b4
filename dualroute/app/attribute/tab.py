"""Tab "Attribute": why this prediction, why this gate, and how far that answer can be trusted."""

from typing import Any

import gradio as gr

from dualroute.app.attribute.handlers import attribute_each, controls, estimate, measure_each
from dualroute.app.components import (
    ATTRIBUTION_QUEUE,
    REQUEST,
    answer_stream,
    html_component,
    in_background,
    offer_parquet,
)
from dualroute.export import scripts
from dualroute.export.scripts import asset

SHARED = (
    "dom",
    "channels",
    "roving",
    "replay",
    "spans",
    "plotly",
    "sentence",
    "link",
    "files",
    "parquet",
    "table",
    "svg",
)
OWN = (
    "targets",
    "subject",
    "long_run",
    "settings",
    "controls",
    "state",
    "handed",
    "grid",
    "rows",
    "pictures",
    "numbers",
    "files",
    "faithful",
    "workbench",
)


def script() -> str:
    """All scripts in one scope, in order."""
    return scripts.script((*SHARED, *(f"workbench/{name}" for name in OWN)))


def attribute_tab() -> None:
    """The workbench on what is on screen in Inspect. Nothing runs before a visitor presses a button."""
    properties: dict[str, Any] = {"result": None, "measured": None, "parquet": None}
    workbench = html_component(
        "workbench", controls(), asset("workbench.html"), script(), server_functions=[estimate], **properties
    )

    def run_methods(event: gr.EventData):
        for payload in answer_stream(lambda request: in_background(attribute_each(request)), event._data):
            yield gr.HTML(result=payload)

    def measure(event: gr.EventData):
        for payload in answer_stream(lambda request: in_background(measure_each(request)), event._data):
            yield gr.HTML(measured=payload)

    queue = REQUEST | ATTRIBUTION_QUEUE
    running = workbench.run_methods(run_methods, None, workbench, api_name="run_methods", **queue)
    measuring = workbench.measure(measure, None, workbench, api_name="measure", **queue)
    workbench.cancel_run(None, None, None, cancels=[running], api_visibility="private")
    workbench.cancel_measure(None, None, None, cancels=[measuring], api_visibility="private")
    offer_parquet(workbench, "attribute")
