"""The page: what is on it and how it is served."""

import os

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read when gradio is imported

import gradio as gr

from dualroute.figures.scripts import asset
from dualroute.ui import model_store, pictures
from dualroute.ui.api import add_api
from dualroute.ui.components.notice import make_notice
from dualroute.ui.components.tour import make_tour
from dualroute.ui.shelf import load_shelves
from dualroute.ui.tabs.address import name_tabs
from dualroute.ui.tabs.attribute import attribute_tab
from dualroute.ui.tabs.compare import compare_tab
from dualroute.ui.tabs.help import help_tab
from dualroute.ui.tabs.inspect import inspect_tab
from dualroute.ui.tabs.results import results_tab
from dualroute.ui.tabs.thresholds import thresholds_tab

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
