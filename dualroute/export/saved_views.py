"""One or two views as a single HTML file that works without a server or a network.

The file runs the page's own scripts on stored numbers, under a content security policy that allows nothing else. In a
notebook it is shown in an `iframe` of its own.
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import Template

from dualroute import __version__
from dualroute.compare.views import Comparison, View
from dualroute.export.language_payload import holds_candidates, language_payload
from dualroute.export.routing_page import routing_page
from dualroute.export.scripts import SCRIPT, STYLE, asset, inspector_template, language_template, plotly_js
from dualroute.export.trace_payload import (
    answer_name,
    attribution_payload,
    decision_payload,
    page_draws,
    trace_payload,
)
from dualroute.trace.answers import Written
from dualroute.trace.attribution import Attribution
from dualroute.trace.record import Trace
from dualroute.trace.replay import routes_taken

# Scripts and downloads work; without an origin the frame cannot reach the notebook.
SANDBOX = "allow-scripts allow-downloads"
HEIGHT = 680  # pixels; longer pages scroll
MOST_VIEWS = 2
ABOUT = (
    "The file holds the exact contributions, so θ, flips and all that is computed from them work here, without a "
    "server or a network. Attributions are as they were when it was saved."
)
ABOUT_LANGUAGE = (
    "The file holds the probability of every word on both flows, so θ, rules, flips and the likeliest words at any "
    "setting work here, without a server or a network. What a model has to write or read anew is as it was when the "
    "file was saved."
)
UNPACKER = "unpack.js"
_GAP = "\0"  # occurs in no text file


@dataclass(frozen=True)
class SavedPage:
    """What all saved files of one kind share.

    templates  (name, HTML) of the components that the opener shows
    opener     the function of the page's script that shows the file's data
    about      a paragraph for the reader on what the file can do
    figures    whether plotly may come with it, for figures
    """

    templates: tuple[tuple[str, str], ...]
    opener: str
    about: str
    figures: bool = False

    def fill(self, data: dict, plotly: bool = False) -> str:
        """Return the text of a file with this `data`; `plotly` includes the bundle that draws figures, 2 MB packed."""
        text = _escape_json(json.dumps(data, allow_nan=False))
        return _fill(self, text, packed_plotly() if plotly else "")


@lru_cache(maxsize=4)
def parts_of(page: SavedPage) -> tuple[str, str, str]:
    """Return the text before the JSON data, between it and the packed plotly, and after: the browser fills the gaps."""
    before, between, after = _fill(page, _GAP, _GAP).split(_GAP)
    return before, between, after


def _fill(page: SavedPage, data: str, plotly: str) -> str:
    code, unpacker = _code(page), asset(UNPACKER)
    templates = (f'<template id="{name}">{html}</template>' for name, html in page.templates)
    return Template(asset("saved.html")).substitute(
        policy=_policy(code, unpacker, *([_plotly_digest()] if page.figures else [])),
        style=packed(asset(STYLE).encode()),
        about=page.about,
        templates="\n".join(templates),
        script=packed(code.encode()),
        unpacker=unpacker,
        version=__version__,
        data=data,
        plotly=plotly,
    )


def _code(page: SavedPage) -> str:
    """Return the file's script: the page's own, then the call that opens the file."""
    return f"{asset(SCRIPT)}DualRoute.{page.opener}();"


def _policy(code: str, unpacker: str, *digests: str) -> str:
    """Return the content security policy: only the file's own scripts may run, and nothing may be fetched or sent.

    The page's script and plotly are put into elements by `unpacker`; what such an element holds must match a digest.

    digests  of further scripts that may run
    """
    own = script_digest(unpacker.encode()), script_digest(code.encode())
    allowed = " ".join(f"'sha256-{digest}'" for digest in (*own, *digests))
    sources = f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:"
    return f"{sources}; base-uri 'none'; form-action 'none'"


@lru_cache(maxsize=1)
def packed_plotly() -> str:
    """Return plotly's bundle for browsers as `packed` text."""
    return packed(plotly_js().read_bytes())


def packed(content: bytes) -> str:
    """Return bytes compressed with gzip, in base64: a third of a script's size."""
    return base64.b64encode(gzip.compress(content, 9, mtime=0)).decode()


@lru_cache(maxsize=1)
def _plotly_digest() -> str:
    return script_digest(plotly_js().read_bytes())


def script_digest(code: bytes) -> str:
    """Return the digest by which a content security policy allows a script that stands in the page."""
    return base64.b64encode(hashlib.sha256(code).digest()).decode()


def _escape_json(data: str) -> str:
    """Escape `<`, so that JSON, which is ASCII already, cannot close its script element."""
    return data.replace("<", "\\u003c")


def framed(page: str, height: int = HEIGHT) -> str:
    """Return an `iframe` element that contains a whole page.

    The attribute stands in single quotes: a page has thousands of double ones, which would be five characters each.
    """
    content = page.replace("&", "&amp;").replace("'", "&#39;")
    style = f"width: 100%; height: {height}px; border: 1px solid #8884; border-radius: 6px"
    return f'<iframe srcdoc=\'{content}\' sandbox="{SANDBOX}" style="{style}" title="DualRoute Explorer"></iframe>'


def standalone_html(views: Sequence[View], attributions: Sequence[Sequence[Attribution]] = ()) -> str:
    """Return the HTML text of one view, or of two views below their comparison.

    attributions  for each view either none, or one of the prediction and one of the gates
    Raises ValueError for no view or more than two, and for a decision that the trace cannot show.
    """
    if not 1 <= len(views) <= MOST_VIEWS:
        raise ValueError(f"a file holds one view or two, not {len(views)}")
    attributions = [*attributions, *[()] * (len(views) - len(attributions))]
    saved = [view_payload(view, pair) for view, pair in zip(views, attributions, strict=True)]
    return saved_views(len(views) > 1).fill({"views": saved})


def file_parts(pair: bool = False) -> tuple[str, str, str]:
    """Return `parts_of` a file with one view, or with a pair of views."""
    return parts_of(saved_views(pair))


@lru_cache(maxsize=2)
def saved_views(pair: bool) -> SavedPage:
    """Return the page of files with one view, or with a pair of views and their comparison."""
    templates = [("inspect", inspector_template())]
    if pair:
        templates.append(("compare", asset("compare.html")))
    return SavedPage(tuple(templates), "openViews", ABOUT)


@lru_cache(maxsize=1)
def saved_language() -> SavedPage:
    """Return the page of files with one answer of a language model."""
    return SavedPage((("language", language_template()),), "openLanguage", ABOUT_LANGUAGE)


def language_html(trace: Trace) -> str:
    """Return the HTML text of an answer of a language model. Raises ValueError for another trace."""
    payload = language_payload(trace, full=False, standard=trace.spec.threshold or 0.0)
    nothing = dict.fromkeys(("loading", "settings", "routed", "direct", "merged"))
    return saved_language().fill({"written": {"phase": "done", "payload": payload} | nothing, "sources": None})


def view_payload(view: View, attributions: Sequence[Attribution]) -> dict:
    """Return a view as a saved file holds it; see `standalone_html`."""
    trace, outcome = view.trace, view.outcome
    if isinstance(trace.answer, Written) and outcome.weights.tolist() != routes_taken(trace).weights.tolist():
        raise ValueError("a written text belongs to its route: trace the input again for another policy, θ or flips")
    return {
        "payload": trace_payload(trace, attributed=bool(attributions))
        | decision_payload(outcome.decision, trace.flows),
        "attribution": _attribution(trace, attributions) if attributions else None,
        "ignored": list(view.ignored),
    }


def _attribution(trace: Trace, attributions: Sequence[Attribution]) -> dict:
    by_target = {attribution.target.partition(":")[0]: attribution for attribution in attributions}
    if set(by_target) != {"prediction", "gate"}:
        raise ValueError("attributions: give one of the prediction and one of the gates, or none")
    prediction, gate = by_target["prediction"], by_target["gate"]
    label = prediction.target.partition(":")[2] or answer_name(trace)
    return attribution_payload(trace, label, prediction, gate)


def trace_html(trace: Trace, attributions: Sequence[Attribution] = (), notebook: bool = False) -> str:
    """A trace as one file, or as a frame for a notebook, with all that the page draws of such a trace.

    What the page does not draw comes as a plain table of routes, by `routing_page`.
    """
    if page_draws(trace):
        page = standalone_html([View(trace)], [attributions])
    else:
        page = language_html(trace) if holds_candidates(trace) else routing_page(trace)
    return framed(page) if notebook else page


def comparison_html(pair: Comparison, notebook: bool = False) -> str:
    """Two views and their comparison as one file, or as a frame for a notebook; see `standalone_html`."""
    page = standalone_html([pair.a, pair.b])
    return framed(page) if notebook else page
