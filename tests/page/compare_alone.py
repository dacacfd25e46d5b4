"""The comparison alone on a blank page: what it asks the server for is kept, a test gives the answers."""

from dualroute.app.compare.tab import style
from dualroute.export.scripts import COMPARE, asset, script
from dualroute.export.trace_payload import trace_payload

from .alone import BLANK, MOUNT

MOUNTED = MOUNT.replace("  host.querySelector('.dr-plot').style.minHeight = '320px';\n", "")
COMPARED = "document.querySelector('.cmp').compare()"
CHOICES = [
    {"name": "news", "title": "News", "context": "text"},
    {"name": "made", "title": "Made", "context": "text"},
    {"name": "pictures", "title": "Pictures", "context": "image"},
]


def pin(trace, **decision) -> dict:
    """A view as Inspect pins it."""
    shown = trace.replay(**decision) if not trace.generation else None
    flips = [[t, trace.flows.index(flow)] for t, flow in (shown.overrides if shown else {}).items()]
    policy, theta = (shown.policy, shown.threshold) if shown else (trace.spec.policy, trace.spec.threshold)
    return {"payload": trace_payload(trace), "view": {"policy": policy, "theta": theta, "overrides": flips}}


def show_compare(page, *pins: dict, width=1280, height=3000):
    """The component with views that are pinned already."""
    page.set_viewport_size({"width": width, "height": height})
    page.goto(BLANK)
    given = {"html": asset("compare.html"), "css": style(), "script": script(COMPARE)}
    page.evaluate(MOUNTED, given | {"value": {"choices": CHOICES, "rows": list(pins)}})
    page.wait_for_selector(".cmp[data-shown]")
    return page


def compared(page) -> dict:
    """The numbers on screen, once the next frame is drawn."""
    page.evaluate("() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))")
    return page.evaluate(COMPARED)
