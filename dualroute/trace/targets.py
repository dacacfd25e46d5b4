"""Targets: the numbers of a model's output that can be explained, parsed from names.

prediction, prediction:Sports   logit of the predicted class, or of any class
prediction:3-5                  score of the answer from token 3 to token 5: its start plus its end
prediction:step:2               log-probability of one token of a text, step:2-4 of consecutive ones; without, of all
start:3, end:5                  score of a token to start, or to end, an answer
margin, margin:Sports|World     logit of one class minus another's; `margin` alone is predicted minus runner-up, and
                                for spans the best minus the best that does not overlap it. Names that contain | and
                                can be read in two ways stand in quotes, as JSON has them: margin:"a"|"b|c"
effect, effect:Sports           change by the context: the same score, routed minus direct
gate, gate:3, gate:3-5          mean probability to read the context: of all tokens, of one, of consecutive ones
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dualroute.trace.answers import NextTokens, Span, Written
from dualroute.trace.label_pairs import halves, label_pairs, quoted
from dualroute.trace.outcome import Outcome
from dualroute.trace.record import Trace
from dualroute.trace.spans import span_scores, span_text
from dualroute.values import nearest, text


class Term(NamedTuple):
    """`weight` times one output: the logit of a class, or the score of `token` to start (0) or to end (1) an answer."""

    weight: float
    output: int
    token: int | None = None


@dataclass(frozen=True)
class Target:
    """A number of a model's output: a sum of scores, the log-probability of steps, or else a mean gate.

    terms        the sum; empty for written texts and gates
    steps        of a written text
    effect       whether the score with every token direct is subtracted
    tokens       first and last token whose gates are averaged; None for all tokens of x
    label        the class or the answer, as people read it; `A − B` for a margin
    label_index  the explained class, the first one of a margin
    span         the explained answer, the first one of a margin
    """

    name: str
    label: str = ""
    terms: tuple[Term, ...] = ()
    steps: tuple[int, ...] = ()
    effect: bool = False
    tokens: tuple[int, int] | None = None
    label_index: int | None = None
    span: tuple[int, int] | None = None

    @property
    def is_gate(self) -> bool:
        """Whether the target is a mean gate."""
        return not self.terms and not self.steps


MOST_DIGITS = 6  # of a token's index
FORMS = (
    "prediction, prediction:<class>, start:<token>, end:<token>, margin, margin:<class>|<class>, effect, "
    "effect:<class>, gate, gate:<token> and gate:<token>-<token>"
)


def parse_target(trace: Trace, name: str) -> Target:
    """The target called `name`. A class or answer that it leaves out is the predicted one under the trace's decision.

    Raises ValueError for an unknown target, and for a class or a token that the trace does not have.
    """
    name = text(name, "target")
    kind, colon, detail = name.partition(":")
    if kind not in KINDS or (kind in ("start", "end") and not colon):
        raise ValueError(f"unknown target {name!r}; {nearest(kind, KINDS)}there are {FORMS}")
    return KINDS[kind](trace, name, detail if colon else None)


def _prediction(trace: Trace, name: str, detail: str | None, effect: bool = False) -> Target:
    if isinstance(trace.answer, Written | NextTokens):
        return _steps(trace, name, detail, effect)
    if isinstance(trace.answer, Span):
        span = trace.replay().span_ends if detail is None else _span(trace, trace.answer, detail)
        return _answer(trace, name, span, effect)
    index = trace.replay().class_index if detail is None else _class(trace, detail)
    return Target(name, trace.labels[index], (Term(1.0, index),), effect=effect, label_index=index)


def _effect(trace: Trace, name: str, detail: str | None) -> Target:
    return _prediction(trace, name, detail, effect=True)


def _margin(trace: Trace, name: str, detail: str | None) -> Target:
    if isinstance(trace.answer, Written | NextTokens):
        raise ValueError("a written text has no margin; the targets are prediction, effect and gate")
    if isinstance(trace.answer, Span):
        return _answer_margin(trace, trace.answer, name, detail)
    first, second = _best_two(trace) if detail is None else _two_classes(trace, detail)
    label = f"{trace.labels[first]} − {trace.labels[second]}"
    return Target(name, label, (Term(1.0, first), Term(-1.0, second)), label_index=first)


def _gate(trace: Trace, name: str, detail: str | None) -> Target:
    if detail is None:
        return Target(name)
    first, dash, last = detail.partition("-")
    ends = (first, last) if first and dash else (detail, detail)
    tokens = _token(trace, ends[0]), _token(trace, ends[1])
    if tokens[0] > tokens[1]:
        raise ValueError(f"no tokens {detail!r}: the first comes after the last")
    return Target(name, tokens=tokens)


def _place(trace: Trace, name: str, detail: str | None) -> Target:
    """`start:3` or `end:3`."""
    if not isinstance(trace.answer, Span):
        raise ValueError(f"no target {name!r}: only an answer in the text has a start and an end")
    token = _token(trace, detail or "")
    output = ("start", "end").index(name.partition(":")[0])
    return Target(name, trace.tokens[token], (Term(1.0, output, token),))


KINDS: dict[str, Callable[[Trace, str, str | None], Target]] = {
    "prediction": _prediction,
    "start": _place,
    "end": _place,
    "margin": _margin,
    "effect": _effect,
    "gate": _gate,
}


def _steps(trace: Trace, name: str, detail: str | None, effect: bool) -> Target:
    """The log-probability of all tokens of the text, of one, `step:3`, or of consecutive ones, `step:3-5`."""
    written = trace.answer if isinstance(trace.answer, Written) else trace.segment
    tokens = written.tokens
    if detail is None:
        return Target(name, written.text, steps=tuple(range(len(tokens))), effect=effect)
    kind, _, places = detail.partition(":")
    first, dash, last = places.partition("-")
    ends = (first, last) if dash else (first, first)
    if kind != "step" or not all(map(_is_number, ends)) or not int(ends[0]) <= int(ends[1]) < len(tokens):
        begin = name.partition(":")[0]
        raise ValueError(f"no target {name!r}: there are {begin}:step:0 to {begin}:step:{len(tokens) - 1}")
    steps = tuple(range(int(ends[0]), int(ends[1]) + 1))
    return Target(name, _joined(tokens[step] for step in steps), steps=steps, effect=effect)


def _joined(tokens: Iterable[str]) -> str:
    """Tokens as one text, where a piece that continues a word starts with ##."""
    return " ".join(tokens).replace(" ##", "")


def _answer(trace: Trace, name: str, span: tuple[int, int], effect: bool) -> Target:
    return Target(name, span_text(trace.x, trace.offsets, span), _span_terms(span), effect=effect, span=span)


def _answer_margin(trace: Trace, answer: Span, name: str, detail: str | None) -> Target:
    if detail is not None:
        raise ValueError(f"no target {name!r}: the margin of an answer is `margin`, against the best one beside it")
    outcome = trace.replay()
    best, other = outcome.span_ends, _best_beside(outcome, answer.longest)
    texts = [span_text(trace.x, trace.offsets, span) for span in (best, other)]
    return Target(name, " − ".join(texts), _span_terms(best) + _span_terms(other, -1.0), span=best)


def _span_terms(span: tuple[int, int], weight: float = 1.0) -> tuple[Term, ...]:
    return tuple(Term(weight, output, token) for output, token in enumerate(span))


def _best_beside(outcome: Outcome, longest: int) -> tuple[int, int]:
    """The best span that does not overlap the answer: it starts after the answer's end or ends before its start."""
    scores, (start, end) = span_scores(outcome.logits, longest), outcome.span_ends
    scores[: end + 1, start:] = -np.inf
    if not np.isfinite(scores).any():
        raise ValueError("no margin: every other answer overlaps the best one")
    first, last = np.unravel_index(np.argmax(scores), scores.shape)
    return int(first), int(last)


def _best_two(trace: Trace) -> tuple[int, int]:
    if len(trace.labels) < 2:
        raise ValueError(f"no margin: there is one class, {', '.join(trace.labels)}")
    first, second = np.argsort(-trace.replay().logits, kind="stable")[:2]
    return int(first), int(second)


def _two_classes(trace: Trace, detail: str) -> tuple[int, int]:
    labels = trace.labels
    found = label_pairs(labels, detail)
    if len(found) > 1:
        ways = " and ".join(quoted(*pair) for pair in found)
        raise ValueError(f"margin {detail!r} can be read as {ways}: write one of these, with its quotes")
    # Of names that are no classes, the error is about the half that no class has.
    first, second = found[0] if found else max(halves(detail), key=lambda pair: sum(one in labels for one in pair))
    if first == second:
        raise ValueError(f"no margin {detail!r}: it is between two classes, <class>|<class>")
    return _class(trace, first), _class(trace, second)


def _class(trace: Trace, label: str) -> int:
    if label not in trace.labels:
        hint = nearest(label, trace.labels)
        raise ValueError(f"no class {label!r}; {hint}there are {', '.join(trace.labels)}")
    return trace.labels.index(label)


def _span(trace: Trace, answer: Span, detail: str) -> tuple[int, int]:
    """The first and the last token of `3-5`."""
    first, _, last = detail.partition("-")
    span = (_token(trace, first), _token(trace, last))
    if not span[0] <= span[1] < span[0] + answer.longest:
        raise ValueError(f"no answer {detail!r}: it has from 1 to {answer.longest} tokens")
    return span


def _token(trace: Trace, detail: str) -> int:
    if not _is_number(detail) or int(detail) >= len(trace.tokens):
        raise ValueError(f"no token {detail!r}: the tokens are numbered 0 to {len(trace.tokens) - 1}")
    return int(detail)


def _is_number(detail: str) -> bool:
    return detail.isascii() and detail.isdigit() and len(detail) <= MOST_DIGITS
