"""The workbench beside an inspector on a blank page, without a server: a test gives the answers."""

from dualroute.app.attribute.handlers import controls
from dualroute.app.components import with_plotly
from dualroute.export.scripts import asset, inspector_template
from dualroute.export.trace_payload import trace_payload

from .alone import MOUNT, open_blank

NO_COSTS = {"methods": {}, "measuring": {"shared": 0, "each": 0}, "measured": True}
WORKBENCH = "document.querySelector('.wb').workbench()"


def show_workbench(page, trace, attribution: dict | None = None, width=1280, costs: dict | None = None):
    """Show `trace` in an inspector and in the workbench under it."""
    open_blank(page, width=width)
    components = {
        "inspect": ("inspector", inspector_template(), {"value": trace_payload(trace), "attribution": attribution}),
        "attribute": ("workbench", with_plotly(asset("workbench.html")), {"value": controls()}),
    }
    for folder, (name, html, props) in components.items():
        given = {"folder": folder, "id": name, "html": html, "props": props, "costs": costs or NO_COSTS}
        page.evaluate(MOUNT, given)
    page.wait_for_selector(".wb[data-tracks]", state="attached")
    return page


def state(page) -> dict:
    """What the workbench shows: tracks, errors, target, request."""
    return page.evaluate(WORKBENCH)
