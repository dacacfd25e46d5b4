"""What the handlers of Inspect and Attribute answer with, as types; nothing is validated when it is sent.

Arrays are base64 of little-endian numbers, row by row. T tokens of x, S of the context, R flows, C classes.
"""

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

Id = int | str | None
Figure = dict[str, Any]  # of plotly


class ErrorPayload(TypedDict):
    """Why there is no payload."""

    error: str
    id: NotRequired[Id]
    key: NotRequired[str | None]


class Written(TypedDict):
    """A written text of N pieces. attention: (N,T)."""

    tokens: list[str]
    text: str
    attention: str
    copied: list[float]
    probs: list[float]
    alternatives: dict[str, str]


class Selection(TypedDict, total=False):
    """What the page selects when it opens a link. label: a class, or i · T + j for the span from token i to j."""

    label: int
    token: int


class TracePayload(TypedDict):
    """One input with its routing. gates (T,R), attention (T,S), direct (T,C), context (T,S,C), bias (C,).

    right     the answers that are right, where somebody said so; the page fills it in for stored examples
    standard  the checkpoint's own θ; the page fills it in
    id        present in the answer to a text written anew
    """

    key: str
    checkpoint: str
    x: str
    h: str
    tokens: list[str]
    contextTokens: list[str]
    flows: list[str]
    labels: list[str]
    gates: str
    pooling: str
    attention: str
    direct: str
    context: str
    bias: str
    policy: str
    threshold: float
    overrides: list[tuple[int, int]]
    policies: list[tuple[str, str, str]]
    xName: str
    hName: str
    notes: list[str]
    made: str
    attributed: bool
    readout: Literal["classification", "span", "generation"]
    contextKind: Literal["text", "items", "image", "backward"]
    maxAnswer: int
    offsets: list[tuple[int, int]]
    image: str
    wordClasses: dict[str, list[int]]
    written: Written | None
    shown: NotRequired[Selection]
    right: NotRequired[list[str]]
    standard: NotRequired[float]
    id: NotRequired[Id]


class ExampleChoice(TypedDict):
    """A stored example. key: of its trace, empty without one; right: the right answers, empty where nobody said."""

    caption: str
    key: str
    right: list[str]


class RouterChoice(TypedDict):
    """A checkpoint of a task. title: for a list; description: its decision layer in words; threshold: its own θ."""

    checkpoint: str
    title: str
    description: str
    threshold: float


class TaskChoice(TypedDict):
    """A task that a visitor can choose. note: what to know before anything else; optional: h may be empty."""

    key: str
    title: str
    group: str
    question: str
    note: str
    xLabel: str
    hLabel: str
    picture: bool
    optional: bool
    routers: list[RouterChoice]
    examples: list[ExampleChoice]


class AttributionSource(TypedDict):
    """The input and the decision that were attributed."""

    key: str
    policy: str
    threshold: float
    overrides: list[tuple[int, str]]
    label: str


class Scores(TypedDict):
    """One attribution in Inspect. value, baselineValue: what was explained, of this text and of the empty input."""

    scores: list[float]
    contextScores: list[float]
    methodTitle: str
    baselineTitle: str
    steps: int
    delta: float | None
    change: float
    value: NotRequired[float]
    baselineValue: NotRequired[float]
    converged: bool


class AttributionPayload(TypedDict):
    """The attributions of the prediction and of the gates in Inspect."""

    request: AttributionSource
    prediction: Scores
    gate: Scores
    key: NotRequired[str]
    id: NotRequired[Id]


class ViewPayload(TypedDict):
    """A view that the page asked for. attribution: of a stored example, else None."""

    payload: TracePayload
    attribution: AttributionPayload | None
    id: NotRequired[Id]
    key: NotRequired[str | None]


class OpenedView(TypedDict):
    """The view that an address asks for; None for what it does not bring."""

    payload: TracePayload | None
    attribution: AttributionPayload | None


class Track(TypedDict):
    """One attribution in the workbench. groups: the tokens [start, end) of each unit, empty where each token is one."""

    target: str
    label: str
    method: str
    title: str
    signed: bool
    scores: list[float]
    contextScores: list[float]
    groups: list[tuple[int, int]]
    contextGroups: list[tuple[int, int]]
    granularity: str
    parameters: dict[str, Any]
    baseline: str
    seed: int
    route: Literal["held", "free"]
    sum: float
    value: float
    baselineValue: float
    change: float
    delta: float | None
    passes: tuple[float, float]
    steps: int
    seconds: float
    converged: bool
    agreement: float | None


class Agreement(TypedDict):
    """Rank correlations of the methods for one target; bySize: where sizes were compared."""

    target: str
    methods: list[str]
    rows: list[list[float | None]]
    bySize: list[list[bool]]


class Progress(TypedDict):
    """How far a run has come: methods done of all, the one at work, passes through the model."""

    done: float
    total: int
    working: str
    passes: int
    errors: dict[str, str]
    id: NotRequired[Id]


class RunPayload(Progress):
    """The attributions so far; `errors` says of a method why it gave none."""

    tracks: list[Track]
    agreement: list[Agreement]


class Band(TypedDict):
    """Mean of several curves, and where 95% of them lie."""

    mean: list[float]
    low: list[float]
    high: list[float]


class Spread(TypedDict):
    mean: float
    interval: tuple[float, float]


class MeasureSummary(TypedDict):
    value: float
    random: float | None
    interval: tuple[float, float] | None


class Erasure(TypedDict):
    """Curves over the share of units erased."""

    full: float
    empty: float
    shares: list[float]
    grid: list[float]
    deletion: list[float]
    insertion: list[float]
    randomDeletion: Band | None
    randomInsertion: Band | None
    summary: dict[str, MeasureSummary]


class Flipped(TypedDict):
    tokens: list[int]
    scores: list[float]
    changed: list[bool]
    drop: float
    changes: float


class Flips(TypedDict):
    """Scores after flipping token by token in several orders."""

    orders: list[tuple[str, str, Flipped]]
    random: Band | None
    randomDrop: Spread | None
    randomChanges: Spread | None


class Faithfulness(TypedDict):
    """How faithful one attribution is."""

    target: str
    label: str
    method: str
    baseline: str
    direction: int
    units: int
    orders: int
    samples: int
    seed: int
    title: str
    infidelity: float | None
    unexplained: float | None
    sensitivity: float | None
    passes: float
    seconds: float
    scales: dict[str, Erasure]
    flips: Flips | None


class MeasurePayload(Progress):
    """The records so far. measures: name, title, 1 or -1 for the better direction, what it says."""

    records: list[Faithfulness]
    measures: list[tuple[str, str, int, str]]
