"""Tables as Parquet: the same for every component that has a table to give away."""

import gradio as gr

from dualroute.ui import tables
from dualroute.ui.messages import answered


def offer_parquet(component: gr.HTML, of: str, **options) -> None:
    """Answer the component's `as_parquet` in its property `parquet`; `of` names the private event."""

    def write(event: gr.EventData):
        return gr.HTML(parquet=answered(tables.parquet, event._data or {}))

    component.as_parquet(write, None, component, api_name=f"{of}_parquet", **options)
