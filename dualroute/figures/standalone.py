"""A view as one HTML file that needs no server and no network: the page's own scripts over stored numbers."""

import base64
import gzip
import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from itertools import zip_longest
from string import Template

from dualroute.figures.payload import answer_place, attribution_payload, trace_payload
from dualroute.figures.scripts import COMPARE, asset, inspector_template, plotly_js, script
from dualroute.interpret.attribution import Attribution
from dualroute.interpret.comparison import View
from dualroute.interpret.replay import route
from dualroute.interpret.trace import Trace

MOST_VIEWS = 2
_GAP = "\0"  # stands nowhere else: no file of text holds it


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
    data = json.dumps({"views": saved}, allow_nan=False)
    return _filled(_harmless(data), packed_plotly() if flow_picture else "", len(views) > 1)


@lru_cache(maxsize=2)
def file_parts(pair: bool = False) -> tuple[str, str, str]:
    """The file's text before the views' JSON, between it and the packed plotly, and after: a browser fills them in.

    pair  the file of two views
    """
    before, between, after = _filled(_GAP, _GAP, pair).split(_GAP)
    return before, between, after


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


def _filled(data: str, plotly: str, pair: bool) -> str:
    from dualroute import __version__

    code = _code(pair)
    styles = asset("css/inspector.css") + (asset("css/compare.css") if pair else "")
    return Template(asset("saved.html")).substitute(
        policy=_policy(code),
        style=f"{asset('css/saved.css')}\n.saved-part {{ {styles} }}",
        comparison=asset("compare.html") if pair else "",
        template=inspector_template(),
        script=code,
        version=__version__,
        data=data,
        plotly=plotly,
    )


@lru_cache(maxsize=2)
def _code(pair: bool) -> str:
    """The page's scripts as functions, and what opens the file with them."""
    parts = {"inspector": script(), "comparison": script(COMPARE) if pair else ""}
    page = "".join(f"const {n} = (element, props, trigger, watch) => {{\n{text}\n}};\n" for n, text in parts.items())
    code = f"(() => {{\n{page}{script(('dom', 'plotly', 'saved'))}\n}})();"
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
