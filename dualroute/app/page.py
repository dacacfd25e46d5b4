"""The page: what is on it, how it is served, and how its tabs stand in the address, as in `?tab=compare`."""

import json
import os
import re

import gradio as gr
from starlette.middleware import Middleware

from dualroute.app.attribute.tab import attribute_tab
from dualroute.app.catalogue import load_catalogue
from dualroute.app.compare.tab import compare_tab
from dualroute.app.components import html_component, plotly_url, static_url
from dualroute.app.contracts import MAX_PICTURE
from dualroute.app.delivery import Delivery
from dualroute.app.direct import direct_routes
from dualroute.app.endpoints import add_api
from dualroute.app.inspect.tab import inspect_handlers, inspect_tab, inspector_html
from dualroute.app.language.endpoints import add_language_api
from dualroute.app.language.tab import language_tab
from dualroute.app.memory import limit_heaps
from dualroute.app.models import preload
from dualroute.app.results.tab import result_names, results_tab
from dualroute.app.thresholds.tab import row_names, thresholds_tab
from dualroute.app.url_state import Names
from dualroute.app.url_state.query import other_parameters
from dualroute.export.scripts import SCRIPT, STYLE, asset
from dualroute.paths import assets_dir

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read when gradio is imported

FRAMEWORK = re.compile(r'<script type="module" crossorigin src="([^"]+)"></script>')
LATER = r"""<link rel="modulepreload" crossorigin href="\1"><script>
  window.startFramework = () => {
    const script = document.createElement('script');
    Object.assign(script, { type: 'module', crossOrigin: '', src: '\1' });
    document.head.append(script);
    window.startFramework = () => {};
  };
  setTimeout(() => startFramework(), 4000);
</script>"""
RESET = f"gradio-container-{gr.__version__.replace('.', '-')}"  # what the framework takes from the browser's own styles
SESSIONS = 64  # visitors whose components the framework keeps, each with its last payload, up to some 100 kB
# The address calls tabs by the first word on their buttons, in small letters. On a phone some tabs stand in a menu.
OPEN = """() => {
  const wanted = new URLSearchParams(location.search).get('tab'), tabs = [...document.querySelectorAll(EVERY)];
  const name = (tab) => tab.textContent.trim().toLowerCase().split(' ')[0];
  const named = tabs.find((tab) => name(tab) === wanted), url = new URL(location);
  if (named) named.click();
  else if (url.searchParams.has('tab')) {
    url.searchParams.delete('tab');
    history.replaceState(history.state, '', url);
  }
}""".replace("EVERY", "'[role=tab], .overflow-dropdown button'")
# A click on a tab writes it into the address (frontend/src/page/history.ts). What the tabs say of themselves goes when
# another one is opened, unless one more was opened meanwhile. Inspect's view stays: the others work on it.
SELECTED = """() => {
  const url = new URL(location);
  if ((url.searchParams.get('tab') ?? '') !== TAB) return;
  for (const name of GONE) url.searchParams.delete(name);
  history.replaceState(history.state, '', url);
}"""


def build() -> gr.Blocks:
    """The page, with stored examples on it and no model loaded."""
    catalogue = load_catalogue()
    with gr.Blocks(title="DualRoute Explorer", delete_cache=(3600, 3600), analytics_enabled=False) as page:
        # The title, and the guided tour: a card that points at parts of the inspector and reads its numbers off them.
        html_component("tour", None, asset("top.html"), elem_id="top")
        # What of the address was not used, a `Notice`; hidden while there is nothing to say.
        notice = html_component("notice", {}, asset("notice.html"))
        with gr.Tab("Inspect", id="inspect"):
            inspect_tab(page, catalogue, notice, Names(lambda: tab_names(page), result_names, row_names))
        with gr.Tab("Language model", id="language"):
            language_tab()
        with gr.Tab("Attribute", id="attribute"):
            attribute_tab()
        with gr.Tab("Compare", id="compare"):
            compare_tab(catalogue)
        with gr.Tab("Thresholds", id="thresholds"):
            thresholds_tab()
        with gr.Tab("Results", id="results") as results:
            named = results_tab(page, results)
        with gr.Tab("Help", id="help"):
            gr.Markdown((assets_dir() / "help.md").read_text(encoding="utf-8"), elem_id="help")
        named.then(None, None, None, js=OPEN)
        clear_addresses(page, skip=("results",))
        add_api()
        add_language_api()
    return page.queue(api_open=False, max_size=64)


def launch(port: int | None = None, block: bool = True, mcp: bool = True) -> gr.Blocks:
    """Serve the page and load the models behind it. The host's own settings (GRADIO_SERVER_NAME, …) hold.

    mcp  offer the endpoints as tools of the Model Context Protocol too, under /gradio_api/mcp/
    """
    limit_heaps()
    page = build()
    routes = direct_routes(inspect_handlers(load_catalogue()))
    preload(_by_demand())
    page.launch(
        server_port=port,
        prevent_thread_lock=not block,
        theme=theme(),
        css=asset("page.css"),
        app_kwargs={"middleware": [delivery(page)], "routes": routes},
        mcp_server=mcp,
        ssr_mode=False,
        run_history=False,
        enable_monitoring=False,
        footer_links=["api"],
        max_file_size=MAX_PICTURE,
        state_session_capacity=SESSIONS,
    )
    return page


def theme() -> gr.themes.Base:
    """The framework's own look with one quiet accent: orange and blue are for what reads and what does not."""
    return gr.themes.Default(
        primary_hue=gr.themes.colors.indigo,
        neutral_hue=gr.themes.colors.slate,
        font=["system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    )


def delivery(page: gr.Blocks) -> Middleware:
    """How document and files travel; the first window comes with the document."""
    files = [address.split("?")[0] for address in (static_url(SCRIPT), static_url(STYLE), plotly_url())]
    return Middleware(Delivery, files=files, dress=lambda document: with_first_window(document, page))


def with_first_window(document: str, page: gr.Blocks) -> str:
    """The framework's document with the first window, and with the script and the style sheets that it needs.

    The framework's own script waits until that window is painted (frontend/src/page/early.ts); should ours not come, it
    starts all the same.
    """
    sheets = (f"theme.css?v={page.theme_hash}", static_url(STYLE))
    head = "".join(f'<link rel="stylesheet" href="{address}">' for address in sheets)
    head += f'<script defer src="{static_url(SCRIPT)}"></script>'
    tab = '<button type="button"{}>{}</button>'.format
    tabs = [tab("" if place else " class=selected", each.label) for place, (_, each) in enumerate(_tabs(page))]
    window = (
        f'<template id="dr-early"><div class="dr-early {RESET}"><div id="top">{asset("top.html")}</div>'
        f'<div class="dr-early-tabs">{"".join(tabs)}</div><div id="inspector">{inspector_html()}</div></div></template>'
    )
    document = document.replace("</head>", head + "</head>", 1).replace("<gradio-app", window + "<gradio-app", 1)
    return FRAMEWORK.sub(LATER, document, count=1)


def tab_names(page: gr.Blocks) -> list[str]:
    """The tabs as the address calls them, in their order."""
    return [name for name, _ in _tabs(page)]


def clear_addresses(page: gr.Blocks, skip: tuple[str, ...] = ()) -> None:
    """Clear the address of what other tabs say; the first tab has no name there, those in `skip` do so themselves."""
    for place, (name, tab) in enumerate(_tabs(page)):
        if name not in skip:
            others = json.dumps(other_parameters(name if place else ""))
            opened = SELECTED.replace("GONE", others).replace("TAB", json.dumps(name if place else ""))
            tab.select(None, None, None, js=opened)


def _tabs(page: gr.Blocks) -> list[tuple[str, gr.Tab]]:
    """The tabs with their ids."""
    return [(str(tab.id), tab) for tab in page.blocks.values() if isinstance(tab, gr.Tab) and tab.id]


def _by_demand() -> list[str]:
    """The checkpoints in the order in which visitors meet them: each task's default one, then the other layers."""
    entries = load_catalogue().values()
    defaults = [entry.checkpoint for entry in entries]
    return defaults + [layer.checkpoint for entry in entries for layer in entry.layers[1:]]
