"""What the other handlers answer with, as types; and one JSON Schema of all requests and payloads.

The types of the page's TypeScript are made from the schema, and a test holds the answers of the handlers against it.
"""

from typing import Any, Literal, NotRequired

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from dualroute.app import payloads
from dualroute.app.attribute.handlers import ControlsPayload, Estimates
from dualroute.app.language.payloads import LANGUAGE_PAYLOADS
from dualroute.app.language.requests import LANGUAGE_REQUESTS
from dualroute.app.payloads import Figure, Id, TracePayload
from dualroute.app.requests import REQUESTS
from dualroute.app.url_state.query import Notice


class Choice(TypedDict):
    name: str
    title: str
    context: str
    task: str  # what the page calls it


class CompareStart(TypedDict):
    choices: list[Choice]


class RetracePayload(TypedDict):
    """An input that was run again."""

    payload: TracePayload
    id: Id
    key: NotRequired[str | None]


class GatesRow(TypedDict):
    """One router's gates (T,). given: whether it got the request's context; reads: whether it has any."""

    checkpoint: str
    tokens: list[str]
    gates: str
    given: bool
    reads: bool
    threshold: float
    policy: str


class FailedRow(TypedDict):
    checkpoint: str
    error: str


class GatesPayload(TypedDict):
    """One text through all routers."""

    rows: list[GatesRow | FailedRow]
    id: Id
    key: NotRequired[str | None]


class PinnedView(TypedDict):
    policy: str
    theta: float
    overrides: list[tuple[int, int]]
    ignored: list[int]


class LinkedView(TypedDict):
    side: Literal["a", "b"]
    payload: TracePayload
    view: PinnedView


class PairPayload(TypedDict):
    """The views of an address, and what of them was not used."""

    views: list[LinkedView]
    notes: list[str]
    id: Id
    key: NotRequired[str | None]


class ThresholdsStart(TypedDict):
    """names: checkpoints and their titles; most: how many rows a visitor may bring."""

    names: list[tuple[str, str]]
    most: int


class RowTexts(TypedDict):
    x: str
    h: str


class RowInput(RowTexts):
    image: str  # a `data:` URL, or empty


class FacetPayload(TypedDict):
    """Parts of the rows. codes: (N,) int16."""

    title: str
    names: list[str]
    codes: str


class ThresholdEntry(TypedDict):
    """A stored θ beside gates that do not depend on the text, at the same share."""

    theta: float
    share: float
    random: float
    randomCi: tuple[float, float]
    static: dict[str, float]
    minusRandom: dict[str, Any]
    minusStatic: dict[str, Any]
    minusDirect: dict[str, Any]


class RowsPayload(TypedDict):
    """N evaluation rows: what each answers in every state of θ, see `rows.states`."""

    kind: Literal["rows"]
    name: str
    title: str
    revision: str
    data: str
    n: int
    metric: str
    word: str
    percent: bool
    labels: list[str]
    spans: bool
    early: bool
    ids: list[str]
    lengths: str
    readable: str
    gates: str
    answers: str
    wide: bool
    confidence: str
    scores: str | None
    margins: str | None
    right: str
    operations: str | None
    facets: list[FacetPayload]
    direct: dict[str, Any]
    merged: dict[str, Any]
    entries: list[ThresholdEntry]
    theta: float
    figure: Figure
    note: str
    texts: dict[str, RowTexts]
    atHand: bool


class CurvePayload(TypedDict):
    """The stored curve of a checkpoint without rows, and why; `figure` is None where nothing was measured."""

    kind: Literal["curve"]
    name: str
    title: str
    revision: str
    why: str
    figure: Figure | None
    word: str
    note: str


class GateRowsPayload(TypedDict):
    """The rows of a language model's gate: R given answers, each beside a passage, with N tokens in all.

    groups     names and titles; the last is that of all rows
    lengths, group, question  (R,);  questions: how many there are
    gates, direct, merged, controls  (N,) float32; direct and merged are log-probabilities
    """

    kind: Literal["gate"]
    name: str
    title: str
    revision: str
    data: str
    early: bool
    questions: int
    groups: list[tuple[str, str]]
    ids: list[str]
    lengths: str
    group: str
    question: str
    gates: str
    direct: str
    merged: str
    controls: dict[str, str]
    theta: float
    note: str


class OwnRowsProgress(TypedDict):
    done: int
    total: int
    id: NotRequired[Id]


class OwnRowsPayload(TypedDict):
    """A visitor's rows at every θ, and what was noticed while reading the table."""

    rows: RowsPayload
    notes: list[str]
    id: NotRequired[Id]


class FileParts(TypedDict):
    """The text of a saved file before, between and after what the browser fills in."""

    parts: tuple[str, str, str]
    pair: NotRequired[bool]
    id: NotRequired[Id]
    key: NotRequired[str | None]


class Report(TypedDict):
    name: str
    blocks: list[dict[str, Any]]


PAYLOADS = {
    "TracePayload": payloads.TracePayload,
    "AttributionPayload": payloads.AttributionPayload,
    "ViewPayload": payloads.ViewPayload,
    "OpenedView": payloads.OpenedView,
    "TaskChoices": list[payloads.TaskChoice],
    "ControlsPayload": ControlsPayload,
    "Estimates": Estimates,
    "RunPayload": payloads.RunPayload,
    "MeasurePayload": payloads.MeasurePayload,
    "CompareStart": CompareStart,
    "RetracePayload": RetracePayload,
    "GatesPayload": GatesPayload,
    "PairPayload": PairPayload,
    "Notice": Notice,
    "ThresholdsStart": ThresholdsStart,
    "RowsPayload": RowsPayload,
    "CurvePayload": CurvePayload,
    "GateRowsPayload": GateRowsPayload,
    "RowInput": RowInput,
    "Texts": dict[str, RowTexts],
    "OwnRowsProgress": OwnRowsProgress,
    "OwnRowsPayload": OwnRowsPayload,
    "FileParts": FileParts,
    "Report": Report,
    **{kind.__name__: kind for kind in LANGUAGE_PAYLOADS},
    "ErrorPayload": payloads.ErrorPayload,
}


def json_schema() -> dict:
    """One JSON Schema with a property for each request and payload; objects are closed to unknown keys."""
    inputs: list[Any] = [
        (model.__name__, "validation", TypeAdapter(model)) for model in (*REQUESTS, *LANGUAGE_REQUESTS)
    ]
    inputs += [(name, "serialization", TypeAdapter(kind)) for name, kind in PAYLOADS.items()]
    schemas, definitions = TypeAdapter.json_schemas(inputs)
    definitions = definitions["$defs"]
    for definition in definitions.values():
        definition.setdefault("additionalProperties", False)
        for field in definition.get("properties", {}).values():
            field.pop("title", None)  # repeats the field's name
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "DualRoute Explorer",
        "type": "object",
        "properties": {name: schema for (name, _), schema in schemas.items()},
        "$defs": definitions,
    }
