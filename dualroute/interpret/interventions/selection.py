"""Which tokens of x an intervention takes, and their flow by force. All functions return sorted token numbers."""

from collections.abc import Iterable, Mapping

from dualroute.interpret.interventions.words import WORD_CLASSES, word_classes, word_text, words
from dualroute.interpret.trace import Trace
from dualroute.overrides import check_overrides


def span(trace: Trace, start: int, end: int) -> tuple[int, ...]:
    """The tokens from `start` to `end`, both included. Raises ValueError where these are no span of x."""
    if not 0 <= start <= end < len(trace.tokens):
        raise ValueError(f"no span {start} to {end}: the tokens are numbered 0 to {len(trace.tokens) - 1}")
    return tuple(range(start, end + 1))


def first(trace: Trace, count: int) -> tuple[int, ...]:
    """The first `count` tokens, or all where there are fewer. Raises ValueError for a count below 1."""
    return tuple(range(len(trace.tokens)))[: _positive(count)]


def last(trace: Trace, count: int) -> tuple[int, ...]:
    """The last `count` tokens, or all where there are fewer. Raises ValueError for a count below 1."""
    return tuple(range(len(trace.tokens)))[-_positive(count) :]


def every(trace: Trace, step: int) -> tuple[int, ...]:
    """Every `step`-th token, beginning with the first. Raises ValueError for a step below 1."""
    return tuple(range(0, len(trace.tokens), _positive(step)))


def of_class(trace: Trace, name: str) -> tuple[int, ...]:
    """The tokens of a word class. Raises ValueError for one that is not in `WORD_CLASSES`."""
    if name not in WORD_CLASSES:
        raise ValueError(f"unknown word class {name!r}; there are {', '.join(WORD_CLASSES)}")
    return word_classes(trace)[name]


def of_words(trace: Trace, *chosen: str) -> tuple[int, ...]:
    """All tokens of the words that read as one of `chosen`, whatever their case."""
    wanted = {word.lower() for word in chosen}
    return tuple(t for tokens in words(trace) if word_text(trace, tokens).lower() in wanted for t in tokens)


def force(trace: Trace, tokens: Iterable[int], flow: str, overrides: Mapping[int, str] | None = None) -> dict[int, str]:
    """Overrides that send `tokens` by `flow`, on top of `overrides`. Raises ValueError as `check_overrides` does."""
    forced = dict(overrides or {}) | dict.fromkeys(tokens, flow)
    check_overrides(forced, len(trace.tokens), trace.flows)
    return forced


def _positive(count: int) -> int:
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise ValueError(f"a count of tokens must be 1 or more, not {count!r}")
    return count
