"""The inspector alone on a blank page, without a server: what it asks for is kept, a test gives the answers."""

from dualroute.export.scripts import asset, inspector_template, plotly_js, script
from dualroute.export.trace_payload import trace_payload

BLANK = "http://localhost/inspector-alone"
MOUNT = """({ html, css, script, value }) => {
  const host = document.createElement('div'), asked = (window.asked = []), watching = {};
  host.id = 'alone';
  host.innerHTML = html;
  host.querySelector('.dr-plot').style.minHeight = '320px';
  const style = document.createElement('style');
  style.textContent = `#alone { ${css} }`;
  document.head.append(style);
  document.body.append(host);
  const props = { value }, trigger = (name, data) => asked.push([name, data]);
  window.tell = (name, value) => { props[name] = value; watching[name](); };
  new Function('element', 'props', 'trigger', 'watch', script)(host, props, trigger, (name, f) => (watching[name] = f));
}"""


NO_PLOTLY = "window.Plotly = { react: async () => {} };"


def show_alone(page, trace, value: dict | None = None, plotly=True, height=4000):
    """Show `trace`, or a payload that was changed, on `page`; `plotly`: with the flow picture, which takes long."""
    page.set_viewport_size({"width": 1280, "height": height})  # by default all of it is in view
    page.goto(BLANK)
    page.add_script_tag(path=plotly_js()) if plotly else page.evaluate(NO_PLOTLY)
    given = {"html": inspector_template(), "css": asset("css/inspector.css"), "script": script()}
    given["value"] = value or trace_payload(trace)
    page.evaluate(MOUNT, given)
    return page


def asked(page, name: str) -> list[dict]:
    """The inspector's requests of a kind, in order."""
    return [data for kind, data in page.evaluate("window.asked") if kind == name]


def tell(page, name: str, value: dict) -> None:
    """An answer of the server."""
    page.evaluate("([name, value]) => window.tell(name, value)", [name, value])
