"""The thresholds view: one HTML component. Its template is static; all text enters through `textContent`."""

from collections.abc import Callable

import gradio as gr

from dualroute.figures.scripts import THRESHOLDS, asset, script
from dualroute.ui.components.plotly import plotly_url


def make_thresholds(value: dict, server_functions: list[Callable]) -> gr.HTML:
    """The component, empty. `value`: {names: [[checkpoint, title], …], most}; rows of one's own arrive in `own`."""
    return gr.HTML(
        value,
        html_template=template(),
        css_template=asset("css/thresholds.css"),
        js_on_load=script(THRESHOLDS),
        apply_default_css=False,
        server_functions=server_functions,
        own=None,
        parquet=None,
        elem_id="thresholds",
    )


def template() -> str:
    """The static page of the component."""
    return asset("thresholds.html").replace("PLOTLY_URL", plotly_url())
