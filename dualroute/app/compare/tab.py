"""The comparison: one HTML component, of the inspector's scripts and its own. Text enters by `textContent` alone.

Tab "Compare": two views side by side, and what would have happened otherwise.
"""

import gradio as gr

from dualroute.app.catalogue import Shelf
from dualroute.app.compare import handlers as comparing
from dualroute.app.components import answered
from dualroute.app.inspect.tab import ASKED, MODEL
from dualroute.app.tables import offer_parquet
from dualroute.app.url_state import address as linked_pair
from dualroute.export.scripts import COMPARE, asset, script


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
