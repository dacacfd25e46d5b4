"""What the handlers of the tab "Language model" answer with, as types; nothing is validated when it is sent.

Arrays are base64 of little-endian float32, row by row. T tokens of the answer, K candidates in all, U parts left out.
"""

from typing import NotRequired

from typing_extensions import TypedDict

from dualroute.app.payloads import Id


class LanguagePayload(TypedDict):
    """An answer with its routing. gates (T,2), probs (T,2), chances (K,2); counts: the candidates of each token.

    full      whether the gate sees both flows;  standard  its own θ
    given     the ids of the tokens
    """

    key: str
    model: str
    gate: str
    revision: str
    full: bool
    standard: float
    prompt: str
    passage: str
    answer: str
    tokens: list[str]
    offsets: list[tuple[int, int]]
    gates: str
    probs: str
    words: list[str]
    ids: list[int]
    counts: list[int]
    chances: str
    given: list[int]
    policy: str
    threshold: float
    overrides: list[tuple[int, int]]
    temperature: float
    policies: list[tuple[str, str, str]]
    notes: list[str]
    limits: list[str]


class CostsPayload(TypedDict):
    """Tokens that went through the model, and what other ways of writing the same text would have taken."""

    direct: int
    merged: int
    mergedAlone: int
    bothFlows: int
    seconds: float


class WritingPayload(TypedDict):
    """A text that is being written, or was. rho: of each token; stop: empty while it is written."""

    text: str
    tokens: list[str]
    ids: list[int]
    rho: list[float]
    stop: str
    stopWords: str
    costs: CostsPayload


class SettingsPayload(TypedDict):
    """How a text was written. seed: None for the likeliest words."""

    seed: int | None
    topP: float
    maxTokens: int


class LoadingPayload(TypedDict):
    share: float
    words: str


class WrittenPayload(TypedDict):
    """Everything so far of an answer that is being written; None for what is not there yet.

    phase  loading, routed, direct, merged or done: what is written now
    """

    phase: str
    loading: LoadingPayload | None
    payload: LanguagePayload | None
    settings: SettingsPayload | None
    routed: WritingPayload | None
    direct: WritingPayload | None
    merged: WritingPayload | None
    passes: NotRequired[int]
    id: NotRequired[Id]


class ChangePayload(TypedDict):
    """The first token that another decision would choose differently; None for none."""

    position: int | None
    id: NotRequired[Id]
    key: NotRequired[str | None]


class PartPayload(TypedDict):
    """A part that was left out. input: passage or prompt; start, end: its place there, as a browser counts it."""

    input: str
    start: int
    end: int
    text: str


class SourcesPayload(TypedDict):
    """What the answer loses without each part. routed, effect, gate: (U,T).

    answerKey: of the answer they are about
    """

    loading: LoadingPayload | None
    answerKey: str
    by: str
    parts: list[PartPayload]
    routed: str
    effect: str
    gate: str
    done: bool
    seconds: float
    passes: NotRequired[int]
    id: NotRequired[Id]


class ScoresInput(TypedDict):
    """A text whose tokens have scores. offsets: their places, as a browser counts them."""

    name: str
    text: str
    offsets: list[tuple[int, int]]


class ScoresTrack(TypedDict):
    """One attribution. Groups: the tokens [start, end) of each unit; deltas: of the runs over passage and prompt.

    withoutPassage, withoutPrompt  the target where all units of the answer and of that text are at the baseline
    """

    method: str
    title: str
    target: str
    label: str
    signed: bool
    passage: list[float]
    prompt: list[float]
    answer: list[float]
    passageGroups: list[tuple[int, int]]
    promptGroups: list[tuple[int, int]]
    answerGroups: list[tuple[int, int]]
    value: float
    withoutPassage: float
    withoutPrompt: float
    deltas: list[float | None]
    converged: bool
    passes: int
    seconds: float


class ScoresPayload(TypedDict):
    """The attributions so far; `errors` says of a method why it gave none. at: methods done of all."""

    loading: LoadingPayload | None
    answerKey: str
    inputs: list[ScoresInput]
    tracks: list[ScoresTrack]
    errors: dict[str, str]
    at: int
    total: int
    working: str
    done: bool
    passes: NotRequired[int]
    id: NotRequired[Id]


class MethodChoice(TypedDict):
    """A method of attribution that can be chosen. trust: how far its numbers can be trusted."""

    name: str
    title: str
    trust: str


class GatePayload(TypedDict):
    """A gate that can be chosen. full: whether it reads both flows at every token; own: trained for this product."""

    name: str
    title: str
    help: str
    full: bool
    trained: bool


class LanguageExample(TypedDict):
    """A question that was answered by a model, with everything that was computed."""

    caption: str
    written: WrittenPayload
    sources: SourcesPayload | None


class LanguageStart(TypedDict):
    """What the tab begins with. missing: what to install, empty where nothing is; free: whether a model may be named.

    examples  JSON text of a list of `LanguageExample`
    """

    models: list[tuple[str, str]]
    gates: list[GatePayload]
    gate: str
    free: bool
    missing: str
    examples: str
    methods: list[MethodChoice]
    mostTokens: int


LANGUAGE_PAYLOADS = (
    LanguageStart,
    LanguageExample,
    LanguagePayload,
    WrittenPayload,
    ChangePayload,
    SourcesPayload,
    ScoresPayload,
)
