"""The comparison alone on a blank page: what it asks the server for is kept, a test gives the answers."""

from dualroute.export.scripts import asset
from dualroute.export.trace_payload import trace_payload

from .alone import MOUNT, open_blank

COMPARED = "document.querySelector('.cmp').compare()"
CHOICES = [
    {"name": "news", "title": "News", "context": "text", "task": "news"},
    {"name": "made", "title": "Made", "context": "text", "task": "made"},
    {"name": "pictures", "title": "Pictures", "context": "image", "task": "pictures"},
]


def pin(trace, **decision) -> dict:
    """A view as Inspect pins it."""
    shown = trace.replay(**decision) if not trace.generation else None
    flips = [[t, trace.flows.index(flow)] for t, flow in (shown.overrides if shown else {}).items()]
    policy, theta = (shown.policy, shown.threshold) if shown else (trace.spec.policy, trace.spec.threshold)
    return {"payload": trace_payload(trace), "view": {"policy": policy, "theta": theta, "overrides": flips}}


def show_compare(page, *pins: dict, width=1280, height=3000):
    """The component with views that are pinned already."""
    open_blank(page, width=width, height=height)
    props = {"value": {"choices": CHOICES, "rows": list(pins)}}
    page.evaluate(MOUNT, {"folder": "compare", "id": "compare", "html": asset("compare.html"), "props": props})
    page.wait_for_selector(".cmp[data-shown]")
    return page


def compared(page) -> dict:
    """The numbers on screen, once the next frame is drawn."""
    page.evaluate("() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))")
    return page.evaluate(COMPARED)
