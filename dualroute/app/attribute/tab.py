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
)
from dualroute.export.scripts import asset

EVENTS = ("run_methods", "cancel_run", "measure", "cancel_measure")


def attribute_tab() -> None:
    """The workbench on what is on screen in Inspect. Nothing runs before a visitor presses a button."""
    properties: dict[str, Any] = {"result": None, "measured": None}
    properties["server_functions"] = [estimate]
    template = asset("workbench.html")
    workbench = html_component("attribute", controls(), template, EVENTS, elem_id="workbench", **properties)

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
