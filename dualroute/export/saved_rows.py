"""The Thresholds tab with its evaluation rows as a single HTML file that works without a server or a network."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from dualroute.export.saved_views import SavedPage, framed, parts_of
from dualroute.export.scripts import asset
from dualroute.export.thresholds_payload import gate_payload, rows_payload
from dualroute.export.trace_payload import trace_payload
from dualroute.rows.gate_study import GateStudy
from dualroute.rows.stored import RowStudy
from dualroute.trace.record import Trace
from dualroute.values import real_number, threshold_number, threshold_numbers

ABOUT = (
    "The file holds what every row answers in each of its states, so every θ, the choice of one, the parts and the "
    "rows that change are computed here, exactly, without a server or a network."
)


@dataclass(frozen=True)
class RowsView:
    """Initial state of the saved page.

    theta           the θ that the first paragraph describes; None: the checkpoint's default
    compared        the two θs whose changed rows are listed; None: 0 and `theta`
    facet           title of the groups of rows shown, such as `class`, or of a gate's rows a group; empty: the first
    budget, wanted  largest share of merged tokens and smallest quality, in percent, or of a gate's rows the largest
                    nats per token; None: the page's defaults
    """

    theta: float | None = None
    compared: tuple[float, float] | None = None
    facet: str = ""
    budget: float | None = None
    wanted: float | None = None

    def state(self, study: RowStudy | GateStudy, name: str) -> dict:
        """Return the state as the page's scripts read it. Raises ValueError for a number outside its range."""
        theta = threshold_number(study.results["default_threshold"] if self.theta is None else self.theta)
        compared = (0.0, theta) if self.compared is None else threshold_numbers(self.compared, "compared").tolist()
        if len(compared) != 2:
            raise ValueError(f"compared must be two thresholds, not {len(compared)}")
        one, other = compared
        goals = {"share": _percentage(self.budget, "budget"), "quality": _percentage(self.wanted, "wanted")}
        state = {"rows": name, "theta": theta, "one": one, "other": other, "facet": self.facet}
        return state | {key: value for key, value in goals.items() if value is not None}


def _percentage(value: float | None, name: str) -> float | None:
    return None if value is None else real_number(value, name, 0, 100)


def thresholds_html(
    study: RowStudy | GateStudy,
    name: str,
    view: RowsView | None = None,
    texts: dict | None = None,
    trace: Trace | None = None,
    figures: bool = True,
) -> str:
    """Return the HTML text of a study of evaluation rows, or of the rows of a language model's gate.

    name     the checkpoint's name, which the page shows
    texts    {id: {x, h}} of rows whose texts may be passed on; by default the file contains no texts
    trace    one input, with its texts, to show at every θ; not one of a generated text
    figures  include plotly, which draws the curve and the calibration: 2 MB
    Raises ValueError for a view that does not fit the rows, and for a trace of a generated text.
    """
    if trace is not None and not trace.replayable:
        raise ValueError("a written text has no answer at other θs: leave the trace out")
    if isinstance(study, GateStudy):
        payload, titles = gate_payload(study, name), list(study.group_names)
    else:
        payload = rows_payload(study, name, bool(study.results.get("early")), texts)
        titles = [facet["title"] for facet in payload["facets"]]
    view = view or RowsView()
    if view.facet and view.facet not in titles:
        raise ValueError(f"the rows have no parts by {view.facet!r}; there are {', '.join(titles)}")
    data = {"rows": payload, "state": view.state(study, name), "input": _input(trace)}
    return rows_page().fill(data | {"date": date.today().isoformat()}, figures)


def rows_file_parts() -> tuple[str, str, str]:
    """Return `saved_views.parts_of` a file of rows; the page fills in its rows."""
    return parts_of(rows_page())


@lru_cache(maxsize=1)
def rows_page() -> SavedPage:
    """Return the page of files with evaluation rows."""
    template = asset("thresholds.html").replace("PLOTLY_URL", "")
    return SavedPage((("thresholds", template),), "openRows", ABOUT, figures=True)


def _input(trace: Trace | None) -> dict | None:
    """Return the trace as the inspector's scripts pin it."""
    if trace is None:
        return None
    return {
        "payload": trace_payload(trace),
        "view": {"policy": "threshold", "theta": trace.spec.threshold, "overrides": []},
    }


def study_html(
    study: RowStudy | GateStudy, theta: float | None = None, figures: bool = True, notebook: bool = False
) -> str:
    """All thresholds of a study in one file that opens at θ, or as a frame for a notebook; see `thresholds_html`."""
    page = thresholds_html(study, study.results["checkpoint"], RowsView(theta), figures=figures)
    return framed(page) if notebook else page
