"""The workbench: one HTML component for attributions. Its template is static; all text enters through `textContent`.

Tab "Attribute": why this prediction, why this gate, and how far that answer can be trusted.
"""

import logging
from collections.abc import Callable, Iterator

import gradio as gr

from dualroute.app.attribute import handlers as attributing
from dualroute.app.attribute.request import estimate
from dualroute.app.background import in_background
from dualroute.app.components import plotly_url
from dualroute.app.inspect.tab import ASKED, ATTRIBUTE
from dualroute.app.tables import offer_parquet
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


def make_workbench(value: dict, server_functions: list[Callable]) -> gr.HTML:
    """The component. `value` is what `attributing.controls` gives; what is computed arrives in result and measured."""
    return gr.HTML(
        value,
        html_template=template(),
        css_template=asset("css/workbench.css"),
        js_on_load=script(),
        apply_default_css=False,
        server_functions=server_functions,
        result=None,
        measured=None,
        parquet=None,
        elem_id="workbench",
    )


def template() -> str:
    """The static page of the component."""
    return asset("workbench.html").replace("PLOTLY_URL", plotly_url())


def script() -> str:
    """All scripts in one scope, in order."""
    return scripts.script((*SHARED, *(f"workbench/{name}" for name in OWN)))


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
