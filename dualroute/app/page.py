"""The page: what is on it and how it is served.

What of the address could not be used, told in one place, as text. Hidden while there is nothing to tell.

The guided tour: a button, and a card that points at the parts of the inspector and reads its numbers off them.

Tab "Help": what a gate is, what θ does, how to read the tracks, what attribution can and cannot tell.
"""

import os

import gradio as gr

from dualroute.app import models as model_store
from dualroute.app.api import add_api
from dualroute.app.attribute.tab import attribute_tab
from dualroute.app.catalogue import load_shelves
from dualroute.app.compare.tab import compare_tab
from dualroute.app.components import name_tabs
from dualroute.app.inspect import inputs as pictures
from dualroute.app.inspect.tab import inspect_tab
from dualroute.app.results.tab import results_tab
from dualroute.app.thresholds.tab import thresholds_tab
from dualroute.export.scripts import asset, script
from dualroute.paths import assets_dir

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read when gradio is imported


INTRO = """# DualRoute Explorer
A routing model decides **token by token** whether a text is enough by itself (**direct** flow) or whether the token
reads a second text as well (**merged** flow). See which way every token went, why, and what would have happened
otherwise."""
SESSIONS = 256  # visitors whose controls the framework remembers; nothing of ours is kept between requests


def build() -> gr.Blocks:
    """The page, with stored examples on it and no model loaded."""
    shelves = load_shelves()
    with gr.Blocks(title="DualRoute Explorer", delete_cache=(3600, 3600), analytics_enabled=False) as page:
        with gr.Row(elem_id="top"):
            gr.Markdown(INTRO, elem_id="intro")
            make_tour()
        notice = make_notice()
        with gr.Tab("Inspect", id="inspect"):
            inspect_tab(page, shelves, notice)
        with gr.Tab("Attribute", id="attribute"):
            attribute_tab()
        with gr.Tab("Compare", id="compare"):
            compare_tab(shelves)
        with gr.Tab("Thresholds", id="thresholds"):
            thresholds_tab()
        with gr.Tab("Results", id="results") as results:
            results_tab(page, results)
        with gr.Tab("Help", id="help"):
            help_tab()
        name_tabs(page, but=("results",))
        add_api()
    return page.queue(api_open=False, max_size=64)


def launch(port: int | None = None, block: bool = True, mcp: bool = True) -> gr.Blocks:
    """Serve the page and load the model behind it. The host's own settings (GRADIO_SERVER_NAME, …) hold.

    mcp  offer the endpoints as tools of the Model Context Protocol too, under /gradio_api/mcp/
    """
    page = build()
    model_store.preload(_most_wanted())
    page.launch(
        server_port=port,
        prevent_thread_lock=not block,
        theme=gr.themes.Default(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
        css=asset("css/page.css") + asset("css/scroll.css"),
        mcp_server=mcp,
        ssr_mode=False,
        run_history=False,
        enable_monitoring=False,
        footer_links=["api"],
        max_file_size=pictures.MAX_BYTES,
        state_session_capacity=SESSIONS,
    )
    return page


def _most_wanted() -> list[str]:
    """The checkpoints in the order in which visitors meet them: each task's usual one, then the other layers."""
    shelves = load_shelves().values()
    usual = [shelf.checkpoint for shelf in shelves]
    return usual + [layer.checkpoint for shelf in shelves for layer in shelf.layers[1:]]


NOTICE_SCRIPTS = ("dom", "channels", "notice")


def make_notice() -> gr.HTML:
    """The component, empty. Its value is `linked.Opened.told`."""
    return gr.HTML(
        {},
        html_template=asset("notice.html"),
        css_template=asset("css/notice.css"),
        js_on_load=script(NOTICE_SCRIPTS),
        apply_default_css=False,
        elem_id="notice",
    )


TOUR_SCRIPTS = ("dom", "channels", "replay", "tour_steps", "tour")


def make_tour() -> gr.HTML:
    """The component. It needs the inspector on the same page, and no server."""
    return gr.HTML(
        html_template=asset("tour.html"),
        css_template=asset("css/tour.css"),
        js_on_load=script(TOUR_SCRIPTS),
        apply_default_css=False,
        elem_id="tour",
    )


def help_tab() -> None:
    """One page of plain words; nothing is computed."""
    gr.Markdown((assets_dir() / "help.md").read_text(encoding="utf-8"), elem_id="help")
