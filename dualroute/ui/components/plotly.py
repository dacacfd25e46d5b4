"""Where the page gets plotly from: the bundle of its Python package, served by the page itself."""

import gradio as gr

from dualroute.figures.scripts import plotly_js


def plotly_url() -> str:
    """The bundle's address; from now on the page serves that one file."""
    bundle = plotly_js()
    gr.set_static_paths([str(bundle)])
    return f"/gradio_api/file={bundle}"
