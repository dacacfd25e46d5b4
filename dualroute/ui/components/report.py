"""A report of headings, texts, tables and figures. The template is static; all text enters through `textContent`."""

from functools import lru_cache

import gradio as gr

from dualroute.paths import assets_dir
from dualroute.ui.components.inspector import PLOTLY_JS

SCRIPTS = ("dom", "plotly", "report")
TEMPLATE = "<div class='rp' data-plotly='{}'></div>"


def make_report() -> gr.HTML:
    """The component, empty. Its value is {name, blocks}, the blocks as `figures.blocks` makes them."""
    gr.set_static_paths([str(PLOTLY_JS)])
    return gr.HTML(
        {},
        html_template=TEMPLATE.format(f"/gradio_api/file={PLOTLY_JS}"),
        css_template=(assets_dir() / "css/report.css").read_text(encoding="utf-8"),
        js_on_load=script(),
        apply_default_css=False,
        elem_id="report",
    )


@lru_cache(maxsize=1)
def script() -> str:
    """All scripts in one scope, in order."""
    return "\n".join((assets_dir() / f"js/{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)
