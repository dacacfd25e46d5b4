"""What a model answers, one class for each kind of answer: its own scores, and how it reads replayed ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

import numpy as np

from dualroute.trace.outcome import Outcome, is_tie, softmax
from dualroute.trace.spans import best_span, span_scores, span_text


@dataclass(frozen=True, eq=False)
class Segment:
    """One input of a model: a title, a description, a prompt, an answer. T tokens.

    name     what people call it
    text     as the model saw it, after cleaning
    tokens   T strings, words or pieces of words; a piece that continues a word starts with ##. Special tokens such as
             [CLS] are left out: they are encoded, but neither routed nor read
    offsets  T pairs [start, end): each token's characters in the text; () where unknown
    """

    name: str
    text: str
    tokens: tuple[str, ...] = ()
    offsets: tuple[tuple[int, int], ...] = ()


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

    def read(self, logits: np.ndarray, segment: Segment) -> dict[str, Any]:
        """Fields of an `Outcome` for logits (C,) float64."""
        probs, best = softmax(logits), int(np.argmax(logits))
        numbers = {"logits": logits, "probs": probs, "probability": float(probs[best])}
        return numbers | {"label": self.labels[best], "label_index": best, "tie": is_tie(logits)}

    def probability_of(self, outcome: Outcome, other: Outcome) -> float:
        """The probability that `outcome` gives to the answer of another outcome of the same trace."""
        return float(outcome.probs[other.label_index])


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

    def read(self, logits: np.ndarray, segment: Segment) -> dict[str, Any]:
        """Fields of an `Outcome` for scores (T,2) float64."""
        span, summed = best_span(logits, self.longest), span_scores(logits, self.longest).ravel()
        numbers = {"logits": logits, "probs": softmax(logits, 0)}
        numbers["probability"] = float(softmax(summed)[span[0] * len(logits) + span[1]])
        return numbers | {"label": span_text(segment.text, segment.offsets, span), "span": span, "tie": is_tie(summed)}

    def probability_of(self, outcome: Outcome, other: Outcome) -> float:
        """The probability that `outcome` gives to the span of another outcome, among all allowed spans."""
        every = softmax(span_scores(outcome.logits, self.longest).ravel())
        return float(every[other.span[0] * len(outcome.logits) + other.span[1]])


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
    alternatives: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class NextTokens:
    """The probability of each token of a given text, T tokens, after those before it.

    probs  (T,) as the model gave them
    """

    kind: ClassVar[str] = "next_tokens"
    labels: ClassVar[tuple[str, ...]] = ()
    probs: np.ndarray

    def read(self, probs: np.ndarray, segment: Segment) -> dict[str, Any]:
        """Fields of an `Outcome` for probabilities (T,) float64 of the tokens of `segment`."""
        with np.errstate(divide="ignore"):
            logs = np.log(probs)
        return {"logits": logs, "probs": probs, "label": segment.text, "probability": float(np.exp(logs.mean()))}

    def probability_of(self, outcome: Outcome, other: Outcome) -> float:
        """The probability that `outcome` gives to the text: it is the same text in all outcomes."""
        return outcome.probability


Answer = Classes | Span | Written | NextTokens
ANSWERS: dict[str, type] = {kind.kind: kind for kind in (Classes, Span, Written, NextTokens)}


def read_answer(data: Mapping[str, Any]) -> Answer:
    """The answer of a parsed JSON object. Raises ValueError for an unknown kind."""
    return read_kind(data, ANSWERS, "answer")


def write_kind(record: Any) -> dict[str, Any] | None:
    """Fields of a record with its kind, for JSON; None for None."""
    return record and {"kind": record.kind} | {item.name: getattr(record, item.name) for item in fields(record)}


def read_kind(data: Mapping[str, Any], kinds: Mapping[str, type], what: str) -> Any:
    """A record of one of `kinds` from a parsed JSON object, arrays as float32. Raises ValueError for another kind."""
    kind = kinds.get(data.get("kind", ""))
    if kind is None:
        raise ValueError(f"unknown kind of {what} {data.get('kind')!r}; there are {', '.join(kinds)}")
    return kind(**{item.name: _restored(item.type, data[item.name]) for item in fields(kind) if item.name in data})


def _restored(annotation: Any, value: Any) -> Any:
    if value is not None and annotation in (np.ndarray, np.ndarray | None):
        return np.asarray(value, dtype=np.float32)
    return tuple(value) if isinstance(value, list) else value
