"""The guided tour: a button, and a card that points at the parts of the inspector and reads its numbers off them."""

from functools import lru_cache

import gradio as gr

from dualroute.paths import assets_dir

SCRIPTS = ("dom", "replay", "tour_steps", "tour")


def make_tour() -> gr.HTML:
    """The component. It needs the inspector on the same page, and no server."""
    return gr.HTML(
        html_template=_read("tour.html"),
        css_template=_read("css/tour.css"),
        js_on_load=script(),
        apply_default_css=False,
        elem_id="tour",
    )


@lru_cache(maxsize=1)
def script() -> str:
    """All scripts in one scope, in order."""
    return "\n".join(_read(f"js/{name}.js") for name in SCRIPTS)


def _read(name: str) -> str:
    return (assets_dir() / name).read_text(encoding="utf-8")
