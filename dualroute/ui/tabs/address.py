"""The open tab stands in the address, `?tab=compare`, so that it can be passed on; the first tab needs no name."""

import json

import gradio as gr

from dualroute.ui.link_settings import PARTS_OF

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
