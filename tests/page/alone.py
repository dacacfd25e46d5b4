"""The inspector alone on a blank page, without a server: what it asks for is kept, a test gives the answers."""

from dualroute.export.scripts import SCRIPT, STYLE, inspector_template, plotly_js
from dualroute.export.trace_payload import trace_payload
from dualroute.paths import assets_dir

BLANK = "http://localhost/inspector-alone"
# Stands in for the framework: keeps what a component asks for, and lets a test answer.
MOUNT = """({ folder, id, html, props, costs }) => {
  const element = document.createElement('div'), watching = {};
  element.id = id;
  element.innerHTML = html;
  document.body.append(element);
  window.asked ||= [];
  window.answers ||= {};
  window.answers[id] = (name, value) => { props[name] = value; watching[name](); };
  DualRoute.mount(folder, {
    element, props, trigger: (name, data) => window.asked.push([name, data]),
    watch: (name, changed) => (watching[name] = changed), server: costs && { estimate: async () => costs },
  });
}"""


NO_PLOTLY = "window.Plotly = { react: async () => {} };"


def open_blank(page, width=1280, height=4000, plotly=False) -> None:
    """A blank page with the page's script and style sheet; `plotly`: with the bundle that draws figures, or a dummy."""
    page.set_viewport_size({"width": width, "height": height})  # by default all of it is in view
    page.goto(BLANK)
    page.add_script_tag(path=plotly_js()) if plotly else page.evaluate(NO_PLOTLY)
    page.add_style_tag(path=assets_dir() / STYLE)
    page.add_script_tag(path=assets_dir() / SCRIPT)


def show_alone(page, trace, value: dict | None = None, height=4000):
    """Show `trace`, or a payload that was changed, on `page`."""
    open_blank(page, height=height)
    props = {"value": value or trace_payload(trace)}
    page.evaluate(MOUNT, {"folder": "inspect", "id": "inspector", "html": inspector_template(), "props": props})
    page.evaluate("() => document.querySelectorAll('.dr details').forEach((node) => { node.open = true; })")
    return page


def asked(page, name: str) -> list[dict]:
    """The inspector's requests of a kind, in order."""
    return [data for kind, data in page.evaluate("window.asked") if kind == name]


def tell(page, name: str, value: dict | str) -> None:
    """An answer of the server to the component that was mounted last."""
    page.evaluate("([name, value]) => Object.values(window.answers).at(-1)(name, value)", [name, value])
