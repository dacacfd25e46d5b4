"""The workbench: one HTML component for attributions. Its template is static; all text enters through `textContent`."""

from collections.abc import Callable

import gradio as gr

from dualroute.figures import scripts
from dualroute.figures.scripts import asset
from dualroute.ui.components.plotly import plotly_url

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
