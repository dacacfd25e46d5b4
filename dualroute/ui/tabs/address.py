"""The open tab stands in the address, `?tab=compare`, so that it can be passed on; the first tab needs no name."""

import gradio as gr

# Tabs are called in the address as on their buttons, in small letters. The first one is also "selected" when the page
# opens: only once the address has been read may that change it.
# On a phone some tabs stand in a menu.
OPEN = """() => {
  const wanted = new URLSearchParams(location.search).get('tab'), tabs = [...document.querySelectorAll(EVERY)];
  tabs.find((tab) => tab.textContent.trim().toLowerCase() === wanted)?.click();
  document.body.dataset.addressRead = 'yes';
}""".replace("EVERY", "'[role=tab], .overflow-dropdown button'")
SELECTED = """() => {
  if (!document.body.dataset.addressRead) return;
  const url = new URL(location);
  for (const name of ['tab', 'result']) url.searchParams.delete(name);
  if (TAB) url.searchParams.set('tab', TAB);
  history.replaceState(null, '', url);
}"""


def name_tabs(page: gr.Blocks, but: tuple[str, ...] = ()) -> None:
    """Write the tab that is opened into the address, those in `but` apart, which do so themselves.

    What another tab has written there goes.
    """
    tabs = [block for block in page.blocks.values() if isinstance(block, gr.Tab) and block.id]
    for place, tab in enumerate(tabs):
        if tab.id not in but:
            tab.select(None, None, None, js=SELECTED.replace("TAB", f"'{tab.id if place else ''}'"))
