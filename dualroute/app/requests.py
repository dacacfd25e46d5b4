"""What browsers and programs send: one model for each request."""

from dataclasses import replace
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, model_validator

from dualroute.app.contracts import (
    LIMITS,
    MAX_CHARACTERS,
    MAX_TARGET,
    MAX_VIEW,
    AtMost,
    Baseline,
    Checkpoint,
    Granularity,
    Methods,
    Overrides,
    PageRequest,
    Request,
    Text,
    Threshold,
    check_context,
    check_image,
)
from dualroute.app.row_requests import MAX_NAME, EvaluateRequest, RowRequest, RunRowsRequest, TextsRequest
from dualroute.attribute.methods import METHODS
from dualroute.export.attribute_payload import BASELINES, GRANULARITIES
from dualroute.trace.decision import Decision, read_overrides

MAX_DECISIONS, MAX_TARGETS = 1_000, 2


_TEXT = f"text of at most {MAX_CHARACTERS:,} characters"
_METHODS = f"an object of 1 to {len(METHODS)} methods, each with an object of its parameters"
_GRANULARITY = f"one of {', '.join(GRANULARITIES)}"


BaselineText = Annotated[str, AtMost(LIMITS["text"])]
Side = Annotated[tuple[Text, Annotated[int, Field(ge=0, le=100_000)], bool], Field(strict=False)]


class RoutingFields(Request):
    """Policy, θ and overrides; a field that is left out is as the checkpoint has it."""

    policy: str | None = Field(None, description="text")
    threshold: Threshold | None = Field(None, description="a number from 0 to 1")
    overrides: Overrides = Field(None, description='pairs of a token\'s index and a route, such as [[3, "direct"]]')

    @property
    def decision(self) -> Decision:
        overrides = None if self.overrides is None else read_overrides(self.overrides)
        return Decision(self.policy or None, self.threshold, overrides)


class DecisionRequest(RoutingFields):
    """One of several decisions about an input."""

    noun: ClassVar[str] = "decision"

    ignored: list[int] | None = Field(None, description="a list of indices of context tokens that are not read")

    @property
    def decision(self) -> Decision:
        return replace(super().decision, ignored=tuple(self.ignored or ()))


class ViewRequest(RoutingFields, PageRequest):
    """One input under a decision. A picture is a `data:` URL, in `image` or, from programs, in `h`."""

    checkpoint: Checkpoint
    x: Text | None = Field(None, description=_TEXT)
    h: Annotated[str | None, AfterValidator(check_context)] = Field(None, description=_TEXT)
    image: Annotated[str | None, AfterValidator(check_image)] = Field(None, description="a data: URL as text")


class ExampleRequest(PageRequest):
    """A stored example of a task by its place."""

    task: Annotated[str, AtMost(MAX_NAME)] = Field(description=f"text of at most {MAX_NAME} characters")
    index: int = Field(0, ge=0, le=10_000, description="a whole number from 0 to 10,000")


class RoutersRequest(ViewRequest):
    """One input through several routers. routers: their checkpoints; None for all."""

    routers: list[Checkpoint] | None = Field(None, max_length=200, description="a list of names of checkpoints")


class LabelRequest(ViewRequest):
    """The attribution that Inspect shows. label: a class, a span `3-5`, a step `step:3`; empty for the prediction."""

    label: str | None = Field(None, description="text")


class AttributionRequest(ViewRequest):
    """Attributions of one input by several methods; a method's parameters are checked when its turn comes.

    texts  x and h of the baseline `text`, else None
    """

    targets: list[Annotated[str, AtMost(MAX_TARGET)]] = Field(
        min_length=1,
        max_length=MAX_TARGETS,
        description=f"a list of 1 to {MAX_TARGETS} targets, texts of at most {MAX_TARGET} characters",
    )
    methods: Methods = Field(description=_METHODS)
    baseline: Baseline = Field("pad", description=f"one of {', '.join(BASELINES)}")
    texts: Annotated[tuple[BaselineText, BaselineText], Field(strict=False)] | None = Field(
        None, description=f"two texts of at most {LIMITS['text']:,} characters, one for each input"
    )
    granularity: Granularity = Field("token", description=_GRANULARITY)
    seed: int = Field(0, ge=0, le=LIMITS["seed"], description=f"a whole number from 0 to {LIMITS['seed']:,}")

    @model_validator(mode="after")
    def _check_texts(self) -> Self:
        if self.baseline == "text" and self.texts is None:
            raise ValueError("a baseline of your own is two texts, one for each input")
        if self.baseline == "text" and not any(text.strip() for text in self.texts or ()):
            raise ValueError("a baseline of your own needs words in one of its texts; without any, choose padding")
        return self


class EstimateRequest(Request):
    """What the cost of methods depends on. sides: for each input its text, its number of tokens, whether it is text."""

    checkpoint: Annotated[str, AtMost(MAX_NAME)] = Field("", description=f"text of at most {MAX_NAME} characters")
    granularity: Granularity = Field(description=_GRANULARITY)
    sides: list[Side] = Field([], max_length=2, description="a list of at most 2 inputs, each [text, tokens, is text]")
    methods: Methods = Field(description=_METHODS)


class PairRequest(PageRequest):
    """The views of Compare's part of an address. b: what differs from a; None where there is one view."""

    a: Annotated[str, AtMost(MAX_VIEW)] = Field(description=f"text of at most {MAX_VIEW:,} characters")
    b: Annotated[str, AtMost(MAX_VIEW)] | None = Field(None, description=f"text of at most {MAX_VIEW:,} characters")


class FileRequest(PageRequest):
    """The parts of a saved file with one view or, for `pair`, with two."""

    pair: bool = Field(False, description="true or false")


class OtherView(DecisionRequest):
    """What differs in the second of two views."""

    noun: ClassVar[str] = "the other view"

    checkpoint: Checkpoint = ""
    x: Text | None = Field(None, description=_TEXT)
    h: Annotated[str | None, AfterValidator(check_context)] = Field(None, description=_TEXT)
    image: Annotated[str | None, AfterValidator(check_image)] = Field(None, description="a data: URL as text")


class ReplayRequest(ViewRequest):
    """Many decisions about one input."""

    decisions: list[DecisionRequest] = Field(
        min_length=1, max_length=MAX_DECISIONS, description=f"a list of 1 to {MAX_DECISIONS:,} objects"
    )


class CompareRequest(ViewRequest):
    """Two views: this one, and what differs in the other."""

    other: OtherView


REQUESTS = (
    ViewRequest,
    ExampleRequest,
    RoutersRequest,
    LabelRequest,
    AttributionRequest,
    EstimateRequest,
    PairRequest,
    FileRequest,
    TextsRequest,
    RowRequest,
    RunRowsRequest,
    ReplayRequest,
    CompareRequest,
    EvaluateRequest,
)
