"""Tab "Results": what was measured, with a card for each checkpoint. Nothing here loads a model."""

import json
from typing import Any

import gradio as gr
from gradio.events import Dependency

from dualroute.app.components import as_message, html_component
from dualroute.app.url_state.query import other_parameters
from dualroute.checkpoints import Checkpoint, served, served_routers
from dualroute.paths import assets_dir
from dualroute.report.blocks import OVERVIEW, blocks, choices
from dualroute.report.documents import describe
from dualroute.report.results import load_all, load_results

TEMPLATE = "<div class='rp' data-plotly='PLOTLY_URL'></div>"
UNMEASURED = (
    "Nothing was measured with this checkpoint yet. Measure it on rows that it was not trained on, and open the page "
    "again: python -m dualroute evaluate --checkpoint FOLDER --data FILE"
)
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
# The address names what is shown, so that it can be passed on: ?tab=results&result=news.
REMEMBER = """(name) => {
  const url = new URL(location);
  if (url.searchParams.get('tab') !== 'results') return;
  for (const other of GONE) url.searchParams.delete(other);
  url.searchParams.set('result', name);
  history.replaceState(history.state, '', url);
}"""
NAMED = """() => {
  const name = new URLSearchParams(location.search).get('result');
  return NAMES.includes(name) ? name : NAMES[0];
}"""


def results_tab(page: gr.Blocks, tab: gr.Tab) -> Dependency:
    """A choice, its report and its card, which are filled when the tab is opened: the first paint does not wait.

    Returns the event that reads the choice from the address.
    """
    options = _options()
    choice = gr.Dropdown(
        options, value=OVERVIEW, label="What to look at", filterable=False, elem_id="result", interactive=True
    )
    report = html_component("results", {}, TEMPLATE, elem_id="report")
    card = gr.Markdown(visible=False, elem_id="card")
    names = json.dumps([name for _, name in options])
    named = page.load(None, None, choice, js=NAMED.replace("NAMES", names))
    others = json.dumps(other_parameters("results"))
    for event in (tab.select, choice.input):
        event(show, choice, [report, card], **QUIET)
        event(None, choice, None, js=REMEMBER.replace("GONE", others))
    return named


@as_message
def show(name: str):
    """Report and card of a choice. Raises ValueError, in words for the visitor, for an unknown one."""
    results = stored_results()
    if name in _unmeasured(results):
        content = [{"kind": "text", "text": UNMEASURED, "role": "note"}]
    elif name == OVERVIEW or name in results:
        content = blocks(name, results)
    else:
        raise ValueError(f"there are no results called {name!r}")
    return {"name": name, "blocks": content}, gr.Markdown(card_of(name), visible=name in served())


def card_of(name: str) -> str:
    """The card of a checkpoint without its results, which stand above it; empty for any other name."""
    if name not in (known := served()):
        return ""
    return describe(Checkpoint.read(known[name].folder)).replace("\n## ", "\n### ")


def result_names() -> list[str]:
    """The choices as the address calls them."""
    return [name for _, name in _options()]


def _options() -> list[tuple[str, str]]:
    """(title, name) of every report, and of the own checkpoints that wait for one."""
    results = stored_results()
    return choices(results) + [(name, name) for name in _unmeasured(results)]


def _unmeasured(results: dict[str, dict]) -> list[str]:
    return [name for name, files in served_routers().items() if not files.is_shipped and name not in results]


def stored_results() -> dict[str, dict]:
    """All stored results, by name: those of the assets, and of own checkpoints those in their folders."""
    own = {name: files.results for name, files in served().items() if not files.is_shipped}
    return load_all(assets_dir() / "results") | {
        name: load_results(path) for name, path in own.items() if path.is_file()
    }
