"""The inspector: one HTML component whose numbers move in the browser.

The template is static and the tokens enter through `textContent` alone: the framework evaluates `${…}` in
templates, so nothing a visitor typed may come near one.
"""

import os

import gradio as gr

from dualroute.figures.scripts import asset, inspector_template, script
from dualroute.ui.components.plotly import plotly_url


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
