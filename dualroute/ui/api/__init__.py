"""The endpoints for programs: plain names, typed arguments, JSON text out; the same ones are the tools of MCP."""

import gradio as gr

from dualroute.ui.api.measuring import attribute, evaluate
from dualroute.ui.api.replaying import compare, replay
from dualroute.ui.api.tracing import trace
from dualroute.ui.tabs.inspect import ATTRIBUTE, MODEL


def add_api() -> None:
    """All endpoints, in the queue like everything else. MCP calls its tools by the functions' names."""
    gr.api(trace, api_name="trace", **MODEL)
    gr.api(replay, api_name="replay", **MODEL)
    gr.api(compare, api_name="compare", **MODEL)
    gr.api(attribute, api_name="attribute", **ATTRIBUTE)
    gr.api(evaluate, api_name="evaluate", **ATTRIBUTE)
