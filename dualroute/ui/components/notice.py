"""What of the address could not be used, told in one place, as text. Hidden while there is nothing to tell."""

import gradio as gr

from dualroute.figures.scripts import asset, script

SCRIPTS = ("dom", "channels", "notice")


def make_notice() -> gr.HTML:
    """The component, empty. Its value is `linked.Opened.told`."""
    return gr.HTML(
        {},
        html_template=asset("notice.html"),
        css_template=asset("css/notice.css"),
        js_on_load=script(SCRIPTS),
        apply_default_css=False,
        elem_id="notice",
    )
