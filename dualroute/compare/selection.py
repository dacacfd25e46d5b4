"""Choose the tokens of an intervention by place, by word or by class of words. Token numbers are sorted."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from dualroute.paths import assets_dir
from dualroute.trace.decision import read_overrides, route_indices
from dualroute.trace.record import Trace
from dualroute.values import indices, known, shown, text, whole_number

WORD_CLASSES = ("function words", "content words", "numbers", "punctuation", "capitalised")


def words(trace: Trace) -> list[range]:
    """The tokens of each word of x: a token and the pieces (##) that continue it."""
    starts = [t for t, token in enumerate(trace.tokens) if not t or not token.startswith("##")]
    return [range(start, end) for start, end in zip(starts, [*starts[1:], len(trace.tokens)], strict=True)]


def word_classes(trace: Trace) -> dict[str, tuple[int, ...]]:
    """The tokens of every class of `WORD_CLASSES`.

    Function words are scikit-learn's ENGLISH_STOP_WORDS; a number has a digit, punctuation neither letter nor digit;
    content words are the rest. Every token is in one of these four. `capitalised` depends on the original text.
    """
    members: dict[str, list[int]] = {name: [] for name in WORD_CLASSES}
    for tokens in words(trace):
        text = word_text(trace, tokens)
        members[_class(text)].extend(tokens)
        if text[:1].isupper():
            members["capitalised"].extend(tokens)
    return {name: tuple(tokens) for name, tokens in members.items()}


def word_text(trace: Trace, tokens: range) -> str:
    """A word as it is written in x; without offsets, its pieces joined."""
    if trace.offsets:
        return trace.x[trace.offsets[tokens[0]][0] : trace.offsets[tokens[-1]][1]]
    return "".join(trace.tokens[t].removeprefix("##") for t in tokens)


@lru_cache(maxsize=1)
def function_words() -> frozenset[str]:
    """The stored list of function words: importing scikit-learn for it would take longer than building the page."""
    return frozenset((assets_dir() / "function_words.txt").read_text(encoding="utf-8").split())


def _class(text: str) -> str:
    if not any(character.isalnum() for character in text):
        return "punctuation"
    if any(character.isdigit() for character in text):
        return "numbers"
    return "function words" if text.lower() in function_words() else "content words"


def span(trace: Trace, start: int, end: int) -> tuple[int, ...]:
    """The tokens from `start` to `end`, both included. Raises ValueError where these are no span of x."""
    start, end = whole_number(start, "start"), whole_number(end, "end")
    if not start <= end < len(trace.tokens):
        raise ValueError(
            f"no span {shown(start)} to {shown(end)}: the tokens are numbered 0 to {len(trace.tokens) - 1}"
        )
    return tuple(range(start, end + 1))


def first(trace: Trace, count: int) -> tuple[int, ...]:
    """The first `count` tokens, or all of fewer. Raises ValueError for a count below 1."""
    return tuple(range(len(trace.tokens)))[: _positive(count)]


def last(trace: Trace, count: int) -> tuple[int, ...]:
    """The last `count` tokens, or all of fewer. Raises ValueError for a count below 1."""
    return tuple(range(len(trace.tokens)))[-_positive(count) :]


def every(trace: Trace, step: int) -> tuple[int, ...]:
    """Every `step`-th token from the first on. Raises ValueError for a step below 1."""
    return tuple(range(0, len(trace.tokens), _positive(step)))


def of_class(trace: Trace, name: str) -> tuple[int, ...]:
    """The tokens of a word class. Raises ValueError for one that is not in `WORD_CLASSES`."""
    return word_classes(trace)[known(name, WORD_CLASSES, "word class")]


def of_words(trace: Trace, *chosen: str) -> tuple[int, ...]:
    """All tokens of the words that equal one of `chosen`, ignoring case."""
    lowered = {text(word, "each word").lower() for word in chosen}
    return tuple(t for tokens in words(trace) if word_text(trace, tokens).lower() in lowered for t in tokens)


def force(trace: Trace, tokens: Iterable[int], flow: str, overrides: Mapping[int, str] | None = None) -> dict[int, str]:
    """Overrides that send `tokens` by `flow`, on top of `overrides`. Raises ValueError as `read_flips` does."""
    sent = dict.fromkeys(indices(tokens, "tokens"), text(flow, "flow"))
    return read_flips(trace, overrides) | read_flips(trace, sent)


def read_flips(trace: Trace, flips: Any) -> dict[int, str]:
    """{token: flow} of one layer, from any form of `read_overrides`; {} for None.

    Raises ValueError as `route_indices` does, and for an override that names a layer.
    """
    read = read_overrides(flips)
    route_indices(read, 1, len(trace.tokens), trace.flows)
    return {token: str(rule) for (_, token), rule in read.items()}


def _positive(count: int) -> int:
    return whole_number(count, "a count of tokens", 1)
