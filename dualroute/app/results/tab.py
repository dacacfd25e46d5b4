"""A report of headings, texts, tables and figures. The template is static; all text enters through `textContent`.

Tab "Results": what was measured, with a card for each checkpoint. Nothing here loads a model.
"""

import json

import gradio as gr

from dualroute.app.components import OPEN, as_message, left_out, plotly_url
from dualroute.checkpoints import Checkpoint
from dualroute.export.scripts import asset, script
from dualroute.paths import assets_dir, shipped
from dualroute.report.blocks import OVERVIEW, blocks, choices
from dualroute.report.documents import describe
from dualroute.report.results import load_all

SCRIPTS = ("dom", "plotly", "report")
TEMPLATE = "<div class='rp' data-plotly='{}'></div>"


def make_report() -> gr.HTML:
    """The component, empty. Its value is {name, blocks}, the blocks as `figures.blocks` makes them."""
    return gr.HTML(
        {},
        html_template=TEMPLATE.format(plotly_url()),
        css_template=asset("css/report.css"),
        js_on_load=script(SCRIPTS),
        apply_default_css=False,
        elem_id="report",
    )


QUIET = {"show_progress": "hidden", "api_visibility": "private"}
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


def results_tab(page: gr.Blocks, tab: gr.Tab) -> None:
    """A choice, its report and its card. They are filled when the tab is opened: the first paint waits for none."""
    named = choices(stored())
    chosen = gr.Dropdown(
        named, value=OVERVIEW, label="What to look at", filterable=False, elem_id="result", interactive=True
    )
    report = make_report()
    card = gr.Markdown(visible=False, elem_id="card")
    names = json.dumps([name for _, name in named])
    page.load(None, None, chosen, js=NAMED.replace("NAMES", names)).then(None, None, None, js=OPEN)
    for moment in (tab.select, chosen.input):
        moment(show, chosen, [report, card], **QUIET)
        moment(None, chosen, None, js=REMEMBER.replace("GONE", left_out("results")))


@as_message
def show(name: str):
    """Report and card of a choice. Raises ValueError, in words for the visitor, for one that is none."""
    found = stored()
    if name != OVERVIEW and name not in found:
        raise ValueError(f"there are no results called {name!r}")
    return {"name": name, "blocks": blocks(name, found)}, gr.Markdown(card_of(name), visible=name in shipped())


def card_of(name: str) -> str:
    """The card of a shipped checkpoint, without its results, which stand above it; empty for others."""
    if name not in shipped():
        return ""
    return describe(Checkpoint.read(assets_dir() / "checkpoints" / name)).replace("\n## ", "\n### ")


def result_names() -> list[str]:
    """What can be looked at, as the address calls it."""
    return [name for _, name in choices(stored())]


def stored() -> dict[str, dict]:
    """All stored results, by name."""
    return load_all(assets_dir() / "results")
