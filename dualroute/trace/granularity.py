"""Units of text that get one score each: tokens, words or sentences."""

import itertools
import re
from bisect import bisect_right
from collections.abc import Sequence

GRANULARITIES = ("token", "word", "sentence")

# Letters and digits with the signs between them, as in don't, one-off, U.S; any other sign is a word by itself.
WORD = re.compile(r"\w+(?:['’.\-]\w+)*|[^\w\s]")
# The end of a sentence: its sign, closing quotes and brackets, a space, and a capital letter; or a new line.
END = re.compile(r"[.!?…][\"'”’)\]]*\s+(?=[\"'“‘(\[]*[^\W_a-z])|\n+")
ABBREVIATED = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|No|Gen|Sen|Rep|Gov|Inc|Corp|Ltd|Co)|\b\w|\.\w)\.$")

Groups = tuple[tuple[int, int], ...]


def groups(granularity: str, text: str, offsets: Sequence[Sequence[int]]) -> Groups:
    """[start, end) of each unit among the tokens, in order; () for `token`, where every token is a unit.

    offsets  [start, end) of every token's characters in `text`; spaces before them do not count
    Raises ValueError for an unknown granularity.
    """
    check_granularity(granularity)
    if granularity == "token":
        return ()
    starts = _word_starts(text) if granularity == "word" else _sentence_starts(text)
    return _runs([bisect_right(starts, _first_character(text, *offset)) for offset in offsets])


def check_granularity(granularity: str) -> None:
    """Raise ValueError unless the granularity is one of `GRANULARITIES`."""
    if granularity not in GRANULARITIES:
        raise ValueError(f"unknown granularity {granularity!r}; choose one of {', '.join(GRANULARITIES)}")


def _first_character(text: str, start: int, end: int) -> int:
    """The place of the first character that is no space; `end` where there is none."""
    return end - len(text[start:end].lstrip())


def _word_starts(text: str) -> list[int]:
    return [word.start() for word in WORD.finditer(text)]


def sentences(text: str) -> list[tuple[int, int]]:
    """[start, end) of each sentence in `text`, without the spaces around it; one sentence where there is no word."""
    starts = [*_sentence_starts(text), len(text)]
    parts = [(start, text[start:end]) for start, end in itertools.pairwise(starts)]
    spans = [(start + len(part) - len(part.lstrip()), start + len(part.rstrip())) for start, part in parts]
    return [span for span in spans if any(map(str.isalnum, text[slice(*span)]))] or [(0, len(text))]


def _sentence_starts(text: str) -> list[int]:
    ends = [end for end in END.finditer(text) if not ABBREVIATED.search(text[: end.start() + 1])]
    return [0, *(end.end() for end in ends)]


def _runs(units: list[int]) -> Groups:
    """[start, end) of every run of equal numbers."""
    ends = list(itertools.accumulate(len(list(run)) for _, run in itertools.groupby(units)))
    return tuple(zip([0, *ends], ends, strict=False))
