"""What the tab "Language model" and programs send: a prompt, its passages, and what is to be done with them."""

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from dualroute.app.contracts import LIMITS, MAX_TARGET, AtMost, Baseline, Granularity, Methods, PageRequest
from dualroute.app.requests import RoutingFields
from dualroute.trace.decision import Decision

MAX_TEXT, MAX_NAME = 20_000, 200  # characters
MAX_TOKENS = 256  # of a written answer
MAX_GIVEN = 1_000  # tokens of an answer that was written here
MAX_TARGETS = 3
PARTS = ("sentence", "passage")

_TEXT = f"text of at most {MAX_TEXT:,} characters"
Words = Annotated[str, AtMost(MAX_TEXT)]
Name = Annotated[str, AtMost(MAX_NAME)]
Ids = Annotated[list[Annotated[int, Field(ge=0, le=10_000_000)]], Field(max_length=MAX_GIVEN)]


def _one_of(options: tuple[str, ...]):
    def check(name: str) -> str:
        if name not in options:
            raise ValueError(f"choose one of {', '.join(options)}, not {name!r:.40}")
        return name

    return AfterValidator(check)


class LanguageRequest(RoutingFields, PageRequest):
    """A prompt with its passages, an empty line between two, and a decision.

    model  a language model; empty: the one that the page begins with
    gate   an untrained gate, or the name of a trained one; empty: the one that the page begins with
    """

    noun: ClassVar[str] = "the request"

    model: Name = Field("", description=f"text of at most {MAX_NAME} characters")
    gate: Name = Field("", description=f"text of at most {MAX_NAME} characters")
    prompt: Words = Field(description=_TEXT)
    passage: Words = Field(description=_TEXT)
    temperature: float | None = Field(None, ge=0.05, le=5, description="a number from 0.05 to 5")

    @property
    def decision(self) -> Decision:
        own = super().decision
        return Decision(own.policy, own.threshold, own.overrides, temperature=self.temperature)


class AnswerRequest(LanguageRequest):
    """An answer, as text or, where it was written here, as the ids of its tokens."""

    answer: Words = Field("", description=_TEXT)
    ids: Ids | None = Field(None, description=f"a list of at most {MAX_GIVEN:,} numbers of tokens")


class WriteRequest(LanguageRequest):
    """An answer to be written.

    seed       None for the likeliest word
    top_p      draw among the likeliest words that together reach this probability
    max_tokens the limit of tokens, those of `begin` included
    begin      ids of the tokens it begins with
    beside     write what the flows alone would have written too
    """

    seed: int | None = Field(None, ge=0, le=LIMITS["seed"], description=f"a whole number from 0 to {LIMITS['seed']:,}")
    top_p: float = Field(1.0, gt=0, le=1, description="a number above 0, at most 1")
    max_tokens: int = Field(64, ge=1, le=MAX_TOKENS, description=f"a whole number from 1 to {MAX_TOKENS}")
    begin: Ids = Field([], description=f"a list of at most {MAX_GIVEN:,} numbers of tokens")
    beside: bool = Field(True, description="true or false")


class ChangeRequest(WriteRequest):
    """A written text, the decision it was written under, and another one: where does the first token change?"""

    ids: Ids = Field(description=f"a list of at most {MAX_GIVEN:,} numbers of tokens")


class SourcesRequest(AnswerRequest):
    """What the answer loses without each sentence, or each passage."""

    by: Annotated[str, _one_of(PARTS)] = Field("sentence", description=f"one of {', '.join(PARTS)}")


class ScoresRequest(AnswerRequest):
    """Attributions of parts of the answer to the tokens of prompt and passage."""

    targets: list[Annotated[str, AtMost(MAX_TARGET)]] = Field(
        min_length=1, max_length=MAX_TARGETS, description=f"a list of 1 to {MAX_TARGETS} targets"
    )
    methods: Methods = Field(description="an object of methods, each with an object of its parameters")
    baseline: Baseline = Field("pad", description="pad, zero or mean")
    granularity: Granularity = Field("word", description="token, word or sentence")
    seed: int = Field(0, ge=0, le=LIMITS["seed"], description=f"a whole number from 0 to {LIMITS['seed']:,}")


LANGUAGE_REQUESTS = (AnswerRequest, WriteRequest, ChangeRequest, SourcesRequest, ScoresRequest)
