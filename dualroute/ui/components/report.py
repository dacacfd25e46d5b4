"""A report of headings, texts, tables and figures. The template is static; all text enters through `textContent`."""

import gradio as gr

from dualroute.figures.scripts import asset, script
from dualroute.ui.components.inspector import PLOTLY_JS

SCRIPTS = ("dom", "plotly", "report")
TEMPLATE = "<div class='rp' data-plotly='{}'></div>"


def make_report() -> gr.HTML:
    """The component, empty. Its value is {name, blocks}, the blocks as `figures.blocks` makes them."""
    gr.set_static_paths([str(PLOTLY_JS)])
    return gr.HTML(
        {},
        html_template=TEMPLATE.format(f"/gradio_api/file={PLOTLY_JS}"),
        css_template=asset("css/report.css"),
        js_on_load=script(SCRIPTS),
        apply_default_css=False,
        elem_id="report",
    )
