"""The comparison: one HTML component, of the inspector's scripts and its own. Text enters by `textContent` alone."""

import gradio as gr

from dualroute.figures.scripts import COMPARE, asset, script


def make_compare(value: dict) -> gr.HTML:
    """The component. `value`: `choices`, those of `comparing.choices`; `rows`, views that are pinned already."""
    return gr.HTML(
        value,
        html_template=asset("compare.html"),
        css_template=style(),
        js_on_load=script(COMPARE),
        apply_default_css=False,
        retraced=None,
        routed=None,
        paired=None,
        parquet=None,
        elem_id="compare",
    )


def style() -> str:
    """The inspector's style, for the same bars and colours, and what is the comparison's own."""
    return asset("css/inspector.css") + asset("css/compare.css")
