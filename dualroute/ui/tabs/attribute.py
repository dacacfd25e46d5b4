"""Tab "Attribute": why this prediction, why this gate, and how far that answer can be trusted."""

import logging
from collections.abc import Callable, Iterator

import gradio as gr

from dualroute.ui import attributing
from dualroute.ui.attribution_request import estimate
from dualroute.ui.background import in_background
from dualroute.ui.components.workbench import make_workbench
from dualroute.ui.tabs.inspect import ASKED, ATTRIBUTE
from dualroute.ui.tabs.parquet import offer_parquet

_LOG = logging.getLogger(__name__)


def attribute_tab() -> None:
    """The workbench on what is on screen in Inspect. Nothing runs before a visitor presses a button."""
    workbench = make_workbench(attributing.controls(), [estimate])

    def run_methods(event: gr.EventData):
        for found in _answers(attributing.attribute_each, event._data):
            yield gr.HTML(result=found)

    def measure(event: gr.EventData):
        for found in _answers(attributing.measure_each, event._data):
            yield gr.HTML(measured=found)

    running = workbench.run_methods(run_methods, None, workbench, api_name="run_methods", **ASKED, **ATTRIBUTE)
    measuring = workbench.measure(measure, None, workbench, api_name="measure", **ASKED, **ATTRIBUTE)
    workbench.cancel_run(None, None, None, cancels=[running], api_visibility="private")
    workbench.cancel_measure(None, None, None, cancels=[measuring], api_visibility="private")
    offer_parquet(workbench, "attribute", **ASKED)


def _answers(handler: Callable[[dict], Iterator[dict]], request) -> Iterator[dict]:
    """What the handler yields, or why there is nothing, each with the request's id: the page waits for it."""
    known = {"id": request.get("id")} if isinstance(request, dict) else {}
    try:
        for found in in_background(handler(request)):
            yield known | found
    except (ValueError, OSError) as error:
        yield known | {"error": str(error)}
    except Exception:
        _LOG.exception("no answer to a request of the workbench")
        yield known | {"error": "something went wrong on the server"}
