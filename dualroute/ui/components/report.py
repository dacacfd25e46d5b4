"""A report of headings, texts, tables and figures. The template is static; all text enters through `textContent`."""

import gradio as gr

from dualroute.figures.scripts import asset, script
from dualroute.ui.components.plotly import plotly_url

SCRIPTS = ("dom", "plotly", "report")
TEMPLATE = "<div class='rp' data-plotly='{}'></div>"


def make_report() -> gr.HTML:
    """The component, empty. Its value is {name, blocks}, the blocks as `figures.blocks` makes them."""
    return gr.HTML(
        {},
        html_template=TEMPLATE.format(plotly_url()),
        css_template=asset("css/report.css"),
        js_on_load=script(SCRIPTS),
        apply_default_css=False,
        elem_id="report",
    )
