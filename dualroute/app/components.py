"""Errors that are meant for a visitor.

Where the page gets plotly from: the bundle of its Python package, served by the page itself.

The open tab stands in the address, `?tab=compare`, so that it can be passed on; the first tab needs no name.
"""

import json
import logging
from collections.abc import Callable
from functools import wraps

import gradio as gr

from dualroute.app.url_state.settings import PARTS_OF
from dualroute.export.scripts import plotly_js

_LOG = logging.getLogger(__name__)


def as_message(handler: Callable) -> Callable:
    """A ValueError or OSError is told to the visitor as a message, without a traceback in the log."""

    @wraps(handler)
    def wrapped(*args, **kwargs):
        try:
            return handler(*args, **kwargs)
        except (ValueError, OSError) as error:
            raise gr.Error(_sentence(str(error)), print_exception=False) from error

    return wrapped


def answered(handler: Callable[[dict], dict], request: dict) -> dict:
    """The handler's payload, or why there is none: a component waits for an answer and must get one."""
    known = {name: request.get(name) for name in ("id", "key")} if isinstance(request, dict) else {}
    try:
        return known | handler(request) | {"id": known.get("id")}
    except (ValueError, OSError) as error:
        return known | {"error": str(error)}
    except Exception:
        _LOG.exception("no answer to a request of the page")
        return known | {"error": "something went wrong on the server"}


def _sentence(text: str) -> str:
    """As a sentence, and as text: the page draws messages as HTML, and a message may quote what was sent."""
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def plotly_url() -> str:
    """The bundle's address; from now on the page serves that one file."""
    bundle = plotly_js()
    gr.set_static_paths([str(bundle)])
    return f"/gradio_api/file={bundle}"


# Tabs are called in the address as on their buttons, in small letters. The first one is also "selected" when the page
# opens: only once the address has been read may that change it.
# On a phone some tabs stand in a menu.
OPEN = """() => {
  const wanted = new URLSearchParams(location.search).get('tab'), tabs = [...document.querySelectorAll(EVERY)];
  const named = tabs.find((tab) => tab.textContent.trim().toLowerCase() === wanted), url = new URL(location);
  if (named) named.click();
  else if (url.searchParams.has('tab')) { url.searchParams.delete('tab'); history.replaceState(null, '', url); }
  document.body.dataset.addressRead = 'yes';
}""".replace("EVERY", "'[role=tab], .overflow-dropdown button'")
# What the tabs say of themselves goes when another one is opened. Inspect's view stays: the others work on it.
SELECTED = """() => {
  if (!document.body.dataset.addressRead) return;
  const url = new URL(location);
  for (const name of GONE) url.searchParams.delete(name);
  if (TAB) url.searchParams.set('tab', TAB);
  history.replaceState(null, '', url);
}"""


def tab_names(page: gr.Blocks) -> list[str]:
    """The tabs as the address calls them, in their order."""
    return [block.id for block in page.blocks.values() if isinstance(block, gr.Tab) and block.id]


def left_out(tab: str) -> str:
    """The parts that say nothing of this tab, and the tab's own name, as a list for a script."""
    return json.dumps(["tab", *(name for other, names in PARTS_OF.items() if other != tab for name in names)])


def selected(tab: str) -> str:
    """The script that writes an opened tab into the address; the first one needs no name."""
    return SELECTED.replace("GONE", left_out(tab)).replace("TAB", json.dumps(tab))


def name_tabs(page: gr.Blocks, but: tuple[str, ...] = ()) -> None:
    """Write the tab that is opened into the address, those in `but` apart, which do so themselves."""
    tabs = [block for block in page.blocks.values() if isinstance(block, gr.Tab) and block.id]
    for place, tab in enumerate(tabs):
        if tab.id not in but:
            tab.select(None, None, None, js=selected(tab.id if place else ""))
