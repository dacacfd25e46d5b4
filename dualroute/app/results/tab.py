"""Tab "Results": what was measured, with a card for each checkpoint. Nothing here loads a model."""

import json
from typing import Any

import gradio as gr
from gradio.events import Dependency

from dualroute.app.components import as_message, html_component
from dualroute.app.url_state.query import other_parameters
from dualroute.checkpoints import Checkpoint
from dualroute.paths import assets_dir, shipped
from dualroute.report.blocks import OVERVIEW, blocks, choices
from dualroute.report.documents import describe
from dualroute.report.results import load_all

TEMPLATE = "<div class='rp' data-plotly='PLOTLY_URL'></div>"
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
# The address names what is shown, so that it can be passed on: ?tab=results&result=news.
REMEMBER = """(name) => {
  const url = new URL(location);
  for (const other of GONE) url.searchParams.delete(other);
  url.searchParams.set('tab', 'results');
  url.searchParams.set('result', name);
  history.replaceState(null, '', url);
}"""
NAMED = """() => {
  const name = new URLSearchParams(location.search).get('result');
  return NAMES.includes(name) ? name : NAMES[0];
}"""


def results_tab(page: gr.Blocks, tab: gr.Tab) -> Dependency:
    """A choice, its report and its card, which are filled when the tab is opened: the first paint does not wait.

    Returns the event that reads the choice from the address.
    """
    options = choices(stored_results())
    choice = gr.Dropdown(
        options, value=OVERVIEW, label="What to look at", filterable=False, elem_id="result", interactive=True
    )
    report = html_component("results", {}, TEMPLATE, elem_id="report")
    card = gr.Markdown(visible=False, elem_id="card")
    names = json.dumps([name for _, name in options])
    named = page.load(None, None, choice, js=NAMED.replace("NAMES", names))
    others = json.dumps(["tab", *other_parameters("results")])
    for event in (tab.select, choice.input):
        event(show, choice, [report, card], **QUIET)
        event(None, choice, None, js=REMEMBER.replace("GONE", others))
    return named


@as_message
def show(name: str):
    """Report and card of a choice. Raises ValueError, in words for the visitor, for an unknown one."""
    results = stored_results()
    if name != OVERVIEW and name not in results:
        raise ValueError(f"there are no results called {name!r}")
    return {"name": name, "blocks": blocks(name, results)}, gr.Markdown(card_of(name), visible=name in shipped())


def card_of(name: str) -> str:
    """The card of a shipped checkpoint without its results, which stand above it; empty for any other name."""
    if name not in shipped():
        return ""
    return describe(Checkpoint.read(assets_dir() / "checkpoints" / name)).replace("\n## ", "\n### ")


def result_names() -> list[str]:
    """The choices as the address calls them."""
    return [name for _, name in choices(stored_results())]


def stored_results() -> dict[str, dict]:
    """All stored results, by name."""
    return load_all(assets_dir() / "results")
