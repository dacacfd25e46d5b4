"""The thresholds view: one HTML component. Its template is static; all text enters through `textContent`."""

from collections.abc import Callable

import gradio as gr

from dualroute.figures.scripts import THRESHOLDS, asset, script
from dualroute.ui.components.inspector import PLOTLY_JS


def make_thresholds(value: dict, server_functions: list[Callable]) -> gr.HTML:
    """The component, empty. `value`: {names: [[checkpoint, title], …], most}; rows of one's own arrive in `own`."""
    gr.set_static_paths([str(PLOTLY_JS)])
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
    return asset("thresholds.html").replace("PLOTLY_URL", f"/gradio_api/file={PLOTLY_JS}")
