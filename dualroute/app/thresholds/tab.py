"""The thresholds view: one HTML component. Its template is static; all text enters through `textContent`.

Tab "Thresholds": which θ, and what is lost. A θ is answered in the browser; the server only hands out rows.
"""

import logging
from collections.abc import Callable, Iterator

import gradio as gr

from dualroute.app.components import plotly_url
from dualroute.app.inspect.tab import ASKED, MODEL
from dualroute.app.tables import offer_parquet
from dualroute.app.thresholds import handlers as thresholds
from dualroute.export.saved_rows import rows_file_parts
from dualroute.export.scripts import THRESHOLDS, asset, script


def make_thresholds(value: dict, server_functions: list[Callable]) -> gr.HTML:
    """The component, empty. `value`: {names: [[checkpoint, title], …], most}; rows of one's own arrive in `own`."""
    return gr.HTML(
        value,
        html_template=template(),
        css_template=asset("css/thresholds.css"),
        js_on_load=script(THRESHOLDS),
        apply_default_css=False,
        server_functions=server_functions,
        own=None,
        parquet=None,
        elem_id="thresholds",
    )


def template() -> str:
    """The static page of the component."""
    return asset("thresholds.html").replace("PLOTLY_URL", plotly_url())


_LOG = logging.getLogger(__name__)
WRONG = "something went wrong on the server"


def thresholds_tab() -> None:
    """The view, empty: it asks for its rows when it is seen."""

    def load_rows(name: str) -> dict:
        return _answered(thresholds.load_rows, name)

    def texts_of(request: dict) -> dict:
        return _answered(thresholds.texts_of, request)

    def row_of(request: dict) -> dict:
        return _answered(thresholds.row_of, request)

    def file_parts(_: str) -> dict:
        return {"parts": rows_file_parts()}

    view = make_thresholds(thresholds.offered(), [load_rows, texts_of, row_of, file_parts])
    offer_parquet(view, "thresholds", **ASKED)

    def run_rows(event: gr.EventData):
        for found in _answers(thresholds.run_rows, event._data):
            yield gr.HTML(own=found)

    running = view.run_rows(run_rows, None, view, api_name="run_rows", **ASKED, **MODEL)
    view.stop_rows(None, None, None, cancels=[running], api_visibility="private")


def _answered(handler: Callable, asked) -> dict:
    """What the handler gives, or why there is nothing: the page waits for it."""
    try:
        return handler(asked)
    except (ValueError, OSError) as error:
        return {"error": str(error)}
    except Exception:
        _LOG.exception("no answer to a request of tab Thresholds")
        return {"error": WRONG}


def _answers(handler: Callable[[dict], Iterator[dict]], request) -> Iterator[dict]:
    """Likewise of a run, each answer with the request's id."""
    known = {"id": request.get("id")} if isinstance(request, dict) else {}
    try:
        for found in handler(request):
            yield known | found
    except (ValueError, OSError) as error:
        yield known | {"error": str(error)}
    except Exception:
        _LOG.exception("no answer to rows of a visitor")
        yield known | {"error": WRONG}
