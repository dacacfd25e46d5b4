"""What a model answers, one class for each kind of answer: its scores, and the outcome of replayed scores."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, NoReturn

import numpy as np

from dualroute.trace.json_record import Shape, read_kind
from dualroute.trace.outcome import Outcome, RoutesTaken, is_tie, softmax
from dualroute.trace.reading import check_names, read_object, read_ranges, read_texts
from dualroute.trace.spans import best_span, span_scores, span_text
from dualroute.values import text


@dataclass(frozen=True, eq=False)
class Segment:
    """One input of a model: a title, a description, a prompt, an answer. T tokens.

    name     what people call it
    offsets  T pairs [start, end): each token's characters in `text`; () for other inputs than texts
    """

    name: str
    text: str
    tokens: tuple[str, ...] = ()
    offsets: tuple[tuple[int, int], ...] = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Segment":
        """The input of a parsed JSON object."""
        data = read_object(data, "each of inputs")
        check_names(data, ("name", "text", "tokens", "offsets"), "an input")
        name, words = text(data["name"], "name"), text(data["text"], "text")
        return cls(name, words, read_texts(data["tokens"], "tokens"), read_ranges(data["offsets"], "offsets"))


@dataclass(frozen=True, eq=False)
class Classes:
    """One of C classes.

    labels         their names
    logits, probs  (C,) as the model gave them
    """

    kind: ClassVar[str] = "classes"
    labels: tuple[str, ...]
    logits: np.ndarray
    probs: np.ndarray

    @property
    def scores(self) -> np.ndarray:
        """(C,) what `outcome` takes, as the model gave it."""
        return self.logits

    def outcome(self, routes: RoutesTaken, scores: np.ndarray, segment: Segment) -> Outcome:
        """The outcome of logits (C,) float64 on these routes."""
        probs, best = softmax(scores), int(np.argmax(scores))
        return Outcome(
            routes.routes,
            routes.weights,
            routes.decision,
            scores,
            probs,
            self.labels[best],
            label_index=best,
            probability=float(probs[best]),
            tie=is_tie(scores),
        )

    def probability_of(self, outcome: Outcome, other: Outcome) -> float:
        """The probability that `outcome` gives to the answer of another outcome of the same trace."""
        return float(outcome.probs[other.class_index])

    def shapes(self, tokens: int) -> dict[str, Shape]:
        """Shapes of the arrays, for `tokens` routed tokens."""
        return dict.fromkeys(("logits", "probs"), (len(self.labels),))


@dataclass(frozen=True, eq=False)
class Span:
    """Some tokens of x in a row, of T.

    logits, probs  (T,2) score of each token to start and to end the answer; probs are a softmax over the tokens
    longest        longest answer, in tokens
    """

    kind: ClassVar[str] = "span"
    labels: ClassVar[tuple[str, ...]] = ("start", "end")
    logits: np.ndarray
    probs: np.ndarray
    longest: int

    @property
    def scores(self) -> np.ndarray:
        """(T,2) what `outcome` takes, as the model gave it."""
        return self.logits

    def outcome(self, routes: RoutesTaken, scores: np.ndarray, segment: Segment) -> Outcome:
        """The outcome of scores (T,2) float64 of the tokens of `segment` on these routes."""
        span, summed = best_span(scores, self.longest), span_scores(scores, self.longest).ravel()
        return Outcome(
            routes.routes,
            routes.weights,
            routes.decision,
            scores,
            softmax(scores, 0),
            span_text(segment.text, segment.offsets, span),
            span=span,
            probability=float(softmax(summed)[span[0] * len(scores) + span[1]]),
            tie=is_tie(summed),
        )

    def probability_of(self, outcome: Outcome, other: Outcome) -> float:
        """The probability that `outcome` gives to the span of another outcome, among all allowed spans."""
        first, last = other.span_ends
        probs = softmax(span_scores(outcome.logits, self.longest).ravel())
        return float(probs[first * len(outcome.logits) + last])

    def shapes(self, tokens: int) -> dict[str, Shape]:
        """Shapes of the arrays, for `tokens` routed tokens."""
        return dict.fromkeys(("logits", "probs"), (tokens, 2))


@dataclass(frozen=True, eq=False)
class Written:
    """A text that was written token by token. N steps, T tokens of x. Another route writes another text: a rerun.

    tokens        N pieces; a piece that continues a word starts with ##
    text          the pieces put together
    attention     (N,T) where each step looked among the routed states
    copied        (N,) probability with which each step copied a token of x instead of writing a word of its own
    probs         (N,) probability of each piece given those before it
    alternatives  texts of single flows by name: `direct`, `merged`
    """

    kind: ClassVar[str] = "written"
    labels: ClassVar[tuple[str, ...]] = ()
    tokens: tuple[str, ...]
    text: str
    attention: np.ndarray
    copied: np.ndarray
    probs: np.ndarray
    alternatives: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def scores(self) -> np.ndarray:
        """(N,) probability of each piece."""
        return self.probs

    def outcome(self, routes: RoutesTaken, scores: np.ndarray, segment: Segment) -> NoReturn:
        """Raise ValueError: no stored numbers say what would be written on other routes."""
        raise ValueError(
            "a written text cannot be replayed: a change of route is a rerun; use router.trace with another policy, "
            "θ or overrides"
        )

    def probability_of(self, outcome: Outcome, other: Outcome) -> NoReturn:
        """Raise ValueError: a written text has no outcomes to compare."""
        raise ValueError("a written text has no probability beside that of its pieces")

    def shapes(self, tokens: int) -> dict[str, Shape]:
        """Shapes of the arrays, for `tokens` routed tokens."""
        return {"attention": (len(self.tokens), tokens), "copied": (len(self.tokens),), "probs": (len(self.tokens),)}


@dataclass(frozen=True, eq=False)
class NextTokens:
    """The probability of each token of a given text, T tokens, after those before it.

    probs  (T,) as the model gave them
    """

    kind: ClassVar[str] = "next_tokens"
    labels: ClassVar[tuple[str, ...]] = ()
    probs: np.ndarray

    @property
    def scores(self) -> np.ndarray:
        """(T,) what `outcome` takes, as the model gave it."""
        return self.probs

    def outcome(self, routes: RoutesTaken, scores: np.ndarray, segment: Segment) -> Outcome:
        """The outcome of probabilities (T,) float64 of the tokens of `segment` on these routes."""
        with np.errstate(divide="ignore"):
            logs = np.log(scores)
        return Outcome(
            routes.routes,
            routes.weights,
            routes.decision,
            logs,
            scores,
            segment.text,
            probability=float(np.exp(logs.mean())),
        )

    def probability_of(self, outcome: Outcome, other: Outcome) -> float:
        """The probability that `outcome` gives to the text: it is the same text in all outcomes."""
        return outcome.probability

    def shapes(self, tokens: int) -> dict[str, Shape]:
        """Shapes of the arrays, for `tokens` routed tokens."""
        return {"probs": (tokens,)}


Answer = Classes | Span | Written | NextTokens
ANSWERS: dict[str, type[Answer]] = {kind.kind: kind for kind in (Classes, Span, Written, NextTokens)}


def read_answer(data: Mapping[str, Any]) -> Answer:
    """The answer of a parsed JSON object. Raises ValueError for an unknown kind."""
    return read_kind(data, ANSWERS, "answer")
