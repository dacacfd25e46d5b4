"""A view as one HTML file that needs no server and no network: the page's own scripts over stored numbers."""

import base64
import gzip
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import Template

from dualroute.figures.payload import answer_place, attribution_payload, trace_payload
from dualroute.figures.scripts import asset, inspector_template, plotly_js, script
from dualroute.interpret.attribution import Attribution
from dualroute.interpret.replay import route
from dualroute.interpret.trace import Trace

MOST_VIEWS = 2
_GAP = "\0"  # stands nowhere else: no file of text holds it


@dataclass(frozen=True, eq=False)
class View:
    """A trace as it is shown first: under which decision, and explained by which attributions.

    policy, threshold, overrides  as for `replay`; what is not given is the trace's own
    attributions  none, or one of the prediction and one of the gates
    """

    trace: Trace
    policy: str | None = None
    threshold: float | None = None
    overrides: dict[int, str] | None = None
    attributions: Sequence[Attribution] = ()


def standalone_html(views: Sequence[View], flow_picture: bool = True) -> str:
    """The text of the file: one view, or two, A and B, below each other.

    flow_picture  bring plotly along, which draws it: 2 MB, packed; else the file is about 0.1 MB and its numbers
    Raises ValueError for no view or more than two, and for a decision the trace cannot show.
    """
    if not 1 <= len(views) <= MOST_VIEWS:
        raise ValueError(f"a file holds one view or two, not {len(views)}")
    data = json.dumps({"views": [_payloads(view) for view in views]}, allow_nan=False)
    return _filled(_harmless(data), packed_plotly() if flow_picture else "")


@lru_cache(maxsize=1)
def file_parts() -> tuple[str, str, str]:
    """The file's text before the views' JSON, between it and the packed plotly, and after: a browser fills them in."""
    before, between, after = _filled(_GAP, _GAP).split(_GAP)
    return before, between, after


def _payloads(view: View) -> dict:
    trace, taken = view.trace, route(view.trace, view.policy, view.threshold, view.overrides)
    if trace.generation and taken.flow_weights.tolist() != route(trace).flow_weights.tolist():
        raise ValueError("a written text belongs to its route: trace the input again for another policy, θ or flips")
    overrides = [[token, trace.flows.index(flow)] for token, flow in taken.overrides.items()]
    decision = {"policy": taken.policy, "threshold": taken.threshold, "overrides": overrides}
    return {
        "payload": trace_payload(trace, attributed=bool(view.attributions)) | decision,
        "attribution": _attribution(trace, view.attributions) if view.attributions else None,
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


def _filled(data: str, plotly: str) -> str:
    from dualroute import __version__

    code = _code()
    return Template(asset("saved.html")).substitute(
        policy=_policy(code),
        style=f"{asset('css/saved.css')}\n.saved-inspector {{ {asset('css/inspector.css')} }}",
        template=inspector_template(),
        script=code,
        version=__version__,
        data=data,
        plotly=plotly,
    )


@lru_cache(maxsize=1)
def _code() -> str:
    """The inspector's scripts as a function, and what opens the file with it."""
    own = script(("dom", "plotly", "saved"))
    code = f"(() => {{\nconst inspector = (element, props, trigger, watch) => {{\n{script()}\n}};\n{own}\n}})();"
    if "</script" in code.lower() or "<!--" in code:
        raise ValueError("a script of the page would end the file's script element")
    return code


def _policy(code: str) -> str:
    """Only the two scripts that are the file's own may run, and nothing may be fetched or sent."""
    allowed = " ".join(f"'sha256-{digest}'" for digest in (_digest(code.encode()), _plotly_digest()))
    sources = f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:"
    return f"{sources}; base-uri 'none'; form-action 'none'"


@lru_cache(maxsize=1)
def packed_plotly() -> str:
    """Plotly's bundle for browsers as base64 of gzip."""
    return base64.b64encode(gzip.compress(plotly_js().read_bytes(), 9, mtime=0)).decode()


@lru_cache(maxsize=1)
def _plotly_digest() -> str:
    return _digest(plotly_js().read_bytes())


def _digest(code: bytes) -> str:
    return base64.b64encode(hashlib.sha256(code).digest()).decode()


def _harmless(data: str) -> str:
    """JSON that cannot end the element it stands in. What is not ASCII, U+2028 too, is escaped already."""
    return data.replace("<", "\\u003c")
