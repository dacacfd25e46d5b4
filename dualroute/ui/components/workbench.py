"""The workbench: one HTML component for attributions. Its template is static; all text enters through `textContent`."""

from collections.abc import Callable
from functools import lru_cache

import gradio as gr

from dualroute.paths import assets_dir
from dualroute.ui.components.inspector import PLOTLY_JS

SHARED = ("dom", "roving", "replay", "spans", "plotly", "sentence")
OWN = (
    "targets",
    "subject",
    "long_run",
    "settings",
    "controls",
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
    gr.set_static_paths([str(PLOTLY_JS)])
    return gr.HTML(
        value,
        html_template=template(),
        css_template=_read("css/workbench.css"),
        js_on_load=script(),
        apply_default_css=False,
        server_functions=server_functions,
        result=None,
        measured=None,
        elem_id="workbench",
    )


def template() -> str:
    """The static page of the component."""
    return _read("workbench.html").replace("PLOTLY_URL", f"/gradio_api/file={PLOTLY_JS}")


@lru_cache(maxsize=1)
def script() -> str:
    """All scripts in one scope, in order."""
    names = [*SHARED, *(f"workbench/{name}" for name in OWN)]
    return "\n".join(_read(f"js/{name}.js") for name in names)


def _read(name: str) -> str:
    return (assets_dir() / name).read_text(encoding="utf-8")
