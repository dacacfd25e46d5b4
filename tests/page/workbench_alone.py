"""The workbench beside an inspector on a blank page, without a server: a test gives the answers."""

from dualroute.app.attribute.handlers import controls
from dualroute.app.attribute.tab import script
from dualroute.app.components import with_plotly
from dualroute.export.scripts import script as inspector_script
from dualroute.export.trace_payload import trace_payload
from dualroute.paths import assets_dir

from .alone import BLANK, NO_PLOTLY

MOUNT = """({ id, html, css, script, props, costs }) => {
  const host = document.createElement('div'), watching = {};
  host.id = id;
  host.innerHTML = html;
  const style = document.createElement('style');
  style.textContent = `#${id} { ${css} }`;
  document.head.append(style);
  document.body.append(host);
  window.asked ||= [];
  window.told ||= {};
  window.told[id] = (name, value) => { props[name] = value; watching[name](); };
  const server = { estimate: async () => costs };
  new Function('element', 'props', 'trigger', 'watch', 'server', script)(
    host, props, (name, data) => window.asked.push([name, data]), (name, f) => (watching[name] = f), server);
}"""
WORKBENCH = "document.querySelector('.wb').workbench()"


def show_workbench(page, trace, attribution: dict | None = None, width=1280, costs: dict | None = None):
    """Show `trace` in an inspector and in the workbench under it."""
    page.set_viewport_size({"width": width, "height": 4000})
    page.goto(BLANK)
    page.evaluate(NO_PLOTLY)
    parts = {
        "inspector": (_read("inspector.html"), "css/inspector.css", inspector_script()),
        "workbench": (with_plotly(_read("workbench.html")), "css/workbench.css", script()),
    }
    props = {
        "inspector": {"value": trace_payload(trace), "attribution": attribution},
        "workbench": {"value": controls()},
    }
    for name, (html, css, code) in parts.items():
        given = {"id": name, "html": html, "css": _read(css), "script": code}
        page.evaluate(MOUNT, given | {"props": props[name], "costs": costs or {}})
    page.wait_for_selector(".wb[data-tracks]", state="attached")
    return page


def state(page) -> dict:
    """What the workbench shows: tracks, errors, target, request."""
    return page.evaluate(WORKBENCH)


def tell(page, name: str, value: dict) -> None:
    """An answer of the server to the workbench."""
    page.evaluate("([name, value]) => window.told.workbench(name, value)", [name, value])


def asked(page, name: str) -> list[dict]:
    """The requests of a kind, in order."""
    return [data for kind, data in page.evaluate("window.asked") if kind == name]


def _read(name: str) -> str:
    return (assets_dir() / name).read_text(encoding="utf-8")
