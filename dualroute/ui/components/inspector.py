"""The inspector: one HTML component whose numbers move in the browser.

The template is static and the tokens enter through `textContent` alone: the framework evaluates `${…}` in
templates, so nothing a visitor typed may come near one.
"""

from functools import lru_cache
from pathlib import Path

import gradio as gr
import plotly

from dualroute.paths import assets_dir

SCRIPTS = (
    "dom",
    "roving",
    "asking",
    "replay",
    "readouts",
    "spans",
    "flow_links",
    "plotly",
    "flow_picture",
    "sentence",
    "outcome",
    "columns",
    "tracks",
    "passage",
    "context_track",
    "picture",
    "written",
    "attributions",
    "keep",
    "inspector",
)
PLOTLY_JS = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"


def make_inspector(value: dict | None, attribution: dict | None = None) -> gr.HTML:
    """The component; `value` is a trace payload, `attribution` an attribution payload of the same trace."""
    gr.set_static_paths([str(PLOTLY_JS)])
    return gr.HTML(
        value or {},
        html_template=_read("inspector.html").replace("PLOTLY_URL", f"/gradio_api/file={PLOTLY_JS}"),
        css_template=_read("css/inspector.css"),
        js_on_load=script(),
        apply_default_css=False,
        attribution=attribution,
        rewritten=None,
        elem_id="inspector",
    )


@lru_cache(maxsize=1)
def script() -> str:
    """All scripts in one scope, in order."""
    return "\n".join(_read(f"js/{name}.js") for name in SCRIPTS)


def _read(name: str) -> str:
    return (assets_dir() / name).read_text(encoding="utf-8")
