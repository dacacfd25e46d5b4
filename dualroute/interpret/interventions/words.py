"""The words of x, of which tokens are pieces, and their classes."""

from functools import lru_cache

from dualroute.interpret.trace import Trace
from dualroute.paths import assets_dir

WORD_CLASSES = ("function words", "content words", "numbers", "punctuation", "capitalised")


def words(trace: Trace) -> list[range]:
    """The tokens of each word of x: a token and the pieces (##) that continue it."""
    starts = [t for t, token in enumerate(trace.tokens) if not t or not token.startswith("##")]
    return [range(start, end) for start, end in zip(starts, [*starts[1:], len(trace.tokens)], strict=True)]


def word_classes(trace: Trace) -> dict[str, tuple[int, ...]]:
    """The tokens of every class of `WORD_CLASSES`.

    Function words are scikit-learn's ENGLISH_STOP_WORDS; a number has a digit in it, punctuation neither letter nor
    digit; content words are the rest. Those four share the tokens out. `capitalised` goes by the text as it was given.
    """
    found = {name: [] for name in WORD_CLASSES}
    for tokens in words(trace):
        text = word_text(trace, tokens)
        found[_class(text)].extend(tokens)
        if text[:1].isupper():
            found["capitalised"].extend(tokens)
    return {name: tuple(tokens) for name, tokens in found.items()}


def word_text(trace: Trace, tokens: range) -> str:
    """A word as it stands in x; of a trace without places, its pieces put together."""
    if trace.offsets:
        return trace.x[trace.offsets[tokens[0]][0] : trace.offsets[tokens[-1]][1]]
    return "".join(trace.tokens[t].removeprefix("##") for t in tokens)


@lru_cache(maxsize=1)
def function_words() -> frozenset[str]:
    """The list as a file: the page is built without scikit-learn, whose import takes longer than all the rest."""
    return frozenset((assets_dir() / "function_words.txt").read_text(encoding="utf-8").split())


def _class(text: str) -> str:
    if not any(character.isalnum() for character in text):
        return "punctuation"
    if any(character.isdigit() for character in text):
        return "numbers"
    return "function words" if text.lower() in function_words() else "content words"
