"""A view as one HTML file that needs no server and no network: the page's own scripts over stored numbers."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import zip_longest

from dualroute.figures.payload import answer_place, attribution_payload, trace_payload
from dualroute.figures.saved_page import Component, SavedPage, parts_of
from dualroute.figures.scripts import COMPARE, INSPECTOR, asset, inspector_template
from dualroute.interpret.attribution import Attribution
from dualroute.interpret.comparison import View
from dualroute.interpret.replay import route
from dualroute.interpret.trace import Trace

MOST_VIEWS = 2
ABOUT = (
    "The file holds the exact contributions, so θ, flips and all that is computed from them work here, without a "
    "server or a network. Attributions are as they were when it was saved."
)


def standalone_html(
    views: Sequence[View], flow_picture: bool = True, attributions: Sequence[Sequence[Attribution]] = ()
) -> str:
    """The text of the file: one view, or two with their comparison above them.

    flow_picture  bring plotly along, which draws it: 2 MB, packed; else the file has 0.1 MB (two views: 0.2) and its
                  numbers
    attributions  for each view none, or one of the prediction and one of the gates
    Raises ValueError for no view or more than two, and for a decision the trace cannot show.
    """
    if not 1 <= len(views) <= MOST_VIEWS:
        raise ValueError(f"a file holds one view or two, not {len(views)}")
    saved = [_payloads(view, given) for view, given in zip_longest(views, attributions, fillvalue=())]
    return saved_views(len(views) > 1).filled({"views": saved}, flow_picture)


def file_parts(pair: bool = False) -> tuple[str, str, str]:
    """The parts of a file with one view, or of a `pair`, as `saved_page.parts_of` gives them."""
    return parts_of(saved_views(pair))


@lru_cache(maxsize=2)
def saved_views(pair: bool) -> SavedPage:
    """What a file of one view, or of two with their comparison, brings along."""
    components = [("inspector", Component(INSPECTOR, inspector_template(), "css/inspector.css"))]
    if pair:
        components.append(("comparison", Component(COMPARE, asset("compare.html"), "css/compare.css")))
    return SavedPage(tuple(components), "saved", ABOUT)


def _payloads(view: View, attributions: Sequence[Attribution]) -> dict:
    trace, taken = view.trace, view.outcome
    if trace.generation and taken.flow_weights.tolist() != route(trace).flow_weights.tolist():
        raise ValueError("a written text belongs to its route: trace the input again for another policy, θ or flips")
    overrides = [[token, trace.flows.index(flow)] for token, flow in taken.overrides.items()]
    decision = {"policy": taken.policy, "threshold": taken.threshold, "overrides": overrides}
    return {
        "payload": trace_payload(trace, attributed=bool(attributions)) | decision,
        "attribution": _attribution(trace, attributions) if attributions else None,
        "ignored": list(view.ignored),
    }


def _attribution(trace: Trace, given: Sequence[Attribution]) -> dict:
    found = {attribution.target.partition(":")[0]: attribution for attribution in given}
    if set(found) != {"prediction", "gate"}:
        raise ValueError("attributions: give one of the prediction and one of the gates, or none")
    prediction, gate = found["prediction"], found["gate"]
    label = prediction.target.partition(":")[2] or ("" if trace.generation else _answer(trace))
    return attribution_payload(trace, label, prediction, gate)


def _answer(trace: Trace) -> str:
    outcome = trace.replay()
    return outcome.label if outcome.span is None else answer_place(outcome)
