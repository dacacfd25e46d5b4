"""The guided tour: a button, and a card that points at the parts of the inspector and reads its numbers off them."""

import gradio as gr

from dualroute.figures.scripts import asset, script

SCRIPTS = ("dom", "channels", "replay", "tour_steps", "tour")


def make_tour() -> gr.HTML:
    """The component. It needs the inspector on the same page, and no server."""
    return gr.HTML(
        html_template=asset("tour.html"),
        css_template=asset("css/tour.css"),
        js_on_load=script(SCRIPTS),
        apply_default_css=False,
        elem_id="tour",
    )
