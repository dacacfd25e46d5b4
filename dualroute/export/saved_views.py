"""The frame of a saved file: components of the page, what opens them, and a policy under which nothing else may run.

How records show themselves in a notebook: a saved view in a frame, its styles and scripts apart from all others.

A view as one HTML file that needs no server and no network: the page's own scripts over stored numbers.
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import zip_longest
from string import Template

from dualroute.compare.views import Comparison, View
from dualroute.export.routing_page import routing_page
from dualroute.export.scripts import COMPARE, INSPECTOR, asset, inspector_template, plotly_js, script
from dualroute.export.trace_payload import (
    answer_place,
    attribution_payload,
    decision_payload,
    page_draws,
    trace_payload,
)
from dualroute.trace.answers import Written
from dualroute.trace.attribution import Attribution
from dualroute.trace.record import Trace
from dualroute.trace.replay import routes_taken

_GAP = "\0"  # stands nowhere else: no file of text holds it
_SHARED = ("dom", "plotly", "saved_frame")


@dataclass(frozen=True)
class Component:
    """A part of the page: the names of its scripts, its static HTML, its style sheet in `assets`."""

    scripts: tuple[str, ...]
    template: str
    style: str


@dataclass(frozen=True)
class SavedPage:
    """What files of one kind have in common.

    components  (name, part) pairs: for the opener each is a function of that name
    opener      the script that shows what the file holds
    about       what such a file can do, for the person who gets it
    """

    components: tuple[tuple[str, Component], ...]
    opener: str
    about: str

    def filled(self, data: dict, plotly: bool) -> str:
        """The file's text. `plotly`: bring the bundle along that draws figures, 2 MB packed."""
        text = _harmless(json.dumps(data, allow_nan=False))
        return _filled(self, text, packed_plotly() if plotly else "")


@lru_cache(maxsize=4)
def parts_of(page: SavedPage) -> tuple[str, str, str]:
    """The file's text before its JSON, between it and the packed plotly, and after: a browser fills them in."""
    before, between, after = _filled(page, _GAP, _GAP).split(_GAP)
    return before, between, after


def _filled(page: SavedPage, data: str, plotly: str) -> str:
    from dualroute import __version__

    code = _code(page)
    styles = "\n".join(asset(part.style) for _, part in page.components)
    templates = (f'<template id="{name}">{part.template}</template>' for name, part in page.components)
    return Template(asset("saved.html")).substitute(
        policy=_policy(code),
        style=f"{asset('css/saved.css')}\n{asset('css/scroll.css')}\n.saved-part {{ {styles} }}",
        about=page.about,
        templates="\n".join(templates),
        script=code,
        version=__version__,
        data=data,
        plotly=plotly,
    )


@lru_cache(maxsize=4)
def _code(page: SavedPage) -> str:
    """The components' scripts as functions, and what opens the file with them."""
    functions = "".join(
        f"const {name} = (element, props, trigger, watch) => {{\n{script(part.scripts)}\n}};\n"
        for name, part in page.components
    )
    code = f"(() => {{\n{functions}{script((*_SHARED, page.opener))}\n}})();"
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


# Its scripts run, files can be saved; it has no origin of its own, so nothing of the notebook is in its reach.
SANDBOX = "allow-scripts allow-downloads"
HEIGHT = 680  # pixels; what is longer scrolls


def framed(page: str, height: int = HEIGHT) -> str:
    """An `iframe` element that holds a whole page as text."""
    style = f"width: 100%; height: {height}px; border: 1px solid #8884; border-radius: 6px"
    return f'<iframe srcdoc="{escape(page)}" sandbox="{SANDBOX}" style="{style}" title="DualRoute Explorer"></iframe>'


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
    if isinstance(trace.answer, Written) and taken.weights.tolist() != routes_taken(trace).weights.tolist():
        raise ValueError("a written text belongs to its route: trace the input again for another policy, θ or flips")
    return {
        "payload": trace_payload(trace, attributed=bool(attributions)) | decision_payload(taken.decision, trace.flows),
        "attribution": _attribution(trace, attributions) if attributions else None,
        "ignored": list(view.ignored),
    }


def _attribution(trace: Trace, given: Sequence[Attribution]) -> dict:
    found = {attribution.target.partition(":")[0]: attribution for attribution in given}
    if set(found) != {"prediction", "gate"}:
        raise ValueError("attributions: give one of the prediction and one of the gates, or none")
    prediction, gate = found["prediction"], found["gate"]
    label = prediction.target.partition(":")[2] or (_answer(trace) if trace.replayable else "")
    return attribution_payload(trace, label, prediction, gate)


def _answer(trace: Trace) -> str:
    outcome = trace.replay()
    return outcome.label if outcome.span is None else answer_place(outcome)


def trace_html(
    trace: Trace, attributions: Sequence[Attribution] = (), flow_picture: bool = True, notebook: bool = False
) -> str:
    """A trace as one file, or as a frame for a notebook: by `standalone_html`, of other families by `routing_page`."""
    if not page_draws(trace):
        page = routing_page(trace)
    else:
        page = standalone_html([View(trace)], flow_picture and not notebook, [attributions])
    return framed(page) if notebook else page


def comparison_html(pair: Comparison, flow_picture: bool = True, notebook: bool = False) -> str:
    """Two views and their comparison as one file, or as a frame for a notebook; see `standalone_html`."""
    page = standalone_html([pair.a, pair.b], flow_picture and not notebook)
    return framed(page) if notebook else page
