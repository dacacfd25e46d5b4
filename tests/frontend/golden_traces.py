"""The traces and decisions that golden data is about."""

from functools import cache

from factories.traces import changed, make_spans, make_trace, make_written

from dualroute.compare.views import View
from dualroute.paths import assets_dir
from dualroute.trace.attribution import read_examples
from dualroute.trace.record import Trace

THREE = ("direct", "context", "merged")


@cache
def traces() -> dict[str, Trace]:
    """Random traces of every kind the page replays, and one shipped example."""
    edited = make_trace(tokens=5, context=4, seed=6)
    other = changed(make_trace(tokens=4, context=2, seed=7), x="x1 x2 x3 now", tokens=("x1", "x2", "x3", "now"))
    news = next(iter(read_examples(assets_dir() / "examples" / "news.jsonl")))
    return {
        "two flows": make_trace(tokens=9, context=5, seed=1),
        "three flows": make_trace(tokens=8, context=4, flows=THREE, seed=2),
        "no context": make_trace(context=0, seed=2),
        "one token": make_trace(tokens=1, context=1, classes=2, seed=3),
        "many tokens": make_trace(tokens=26, context=14, classes=2, seed=4),
        "equal sizes": make_trace(tokens=24, context=12, classes=2, seed=5, coarse=True),
        "spans": make_spans(tokens=14, context=4, seed=3),
        "spans, three flows": make_spans(tokens=9, context=4, flows=THREE, seed=4),
        "spans without context": make_spans(context=0, seed=2),
        "a passage of one word": make_spans(tokens=1, context=2, seed=3),
        "spans of equal scores": make_spans(tokens=20, context=3, seed=5, coarse=True),
        "written": make_written(),
        "before an edit": edited,
        "after an edit": changed(edited, x="x0 gold x2 x3 x4", tokens=("x0", "gold", "x2", "x3", "x4")),
        "another model": changed(other, labels=("up", "B", "down"), spec={"checkpoint": "other", "x_name": "title"}),
        "other weights": changed(edited, spec={"revision": "1"}),
        "shipped": news.trace,
    }


def replayable() -> dict[str, Trace]:
    return {name: trace for name, trace in traces().items() if trace.replayable}


def view_of(name: str, view: View) -> dict:
    decision, flows = view.outcome, view.trace.flows
    overrides = [[t, flows.index(flow)] for t, flow in decision.overrides.items()]
    routing = {"policy": decision.policy, "theta": float(decision.threshold), "overrides": overrides}
    return {"trace": name} | routing | {"ignored": list(view.ignored)}
