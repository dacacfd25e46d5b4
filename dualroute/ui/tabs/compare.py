"""Tab "Compare": two views side by side, and what would have happened otherwise."""

import gradio as gr

from dualroute.ui import comparing, linked_pair
from dualroute.ui.components.compare import make_compare
from dualroute.ui.messages import answered
from dualroute.ui.shelf import Shelf
from dualroute.ui.tabs.inspect import ASKED, MODEL
from dualroute.ui.tabs.parquet import offer_parquet


def compare_tab(shelves: dict[str, Shelf]) -> None:
    """Pins, and the view in Inspect. θ, flips and comparison are the browser's; only other words need the server."""
    compare = make_compare({"choices": comparing.choices(shelves)})

    def retrace(event: gr.EventData):
        return gr.HTML(retraced=answered(comparing.retrace, event._data or {}))

    def through_all(event: gr.EventData):
        return gr.HTML(routed=answered(comparing.through_all, event._data or {}))

    def open_pair(event: gr.EventData):
        return gr.HTML(paired=answered(linked_pair.open_pair, event._data or {}))

    compare.open_pair(open_pair, None, compare, api_name="open_pair", **ASKED, **MODEL)
    compare.retrace(retrace, None, compare, api_name="retrace", **ASKED, **MODEL)
    compare.through_all(through_all, None, compare, api_name="through_all", **ASKED, **MODEL)
    offer_parquet(compare, "compare", **ASKED)
