"""What has one score: tokens, words or sentences. Plain text and places in it; no model."""

import re
from collections.abc import Sequence
from itertools import groupby

GRANULARITIES = ("token", "word", "sentence")

# Letters and digits, with what joins them inside: don't, one-off, U.S; any other sign is a word of its own.
WORD = re.compile(r"\w+(?:['’.\-]\w+)*|[^\w\s]")
# Where a sentence ends: its sign, whatever closes with it, a space, and a beginning; or an empty line.
END = re.compile(r"[.!?…][\"'”’)\]]*\s+(?=[\"'“‘(\[]*[^\W_a-z])|\n+")
ABBREVIATED = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|No|Gen|Sen|Rep|Gov|Inc|Corp|Ltd|Co)|\b\w|\.\w)\.$")

Groups = tuple[tuple[int, int], ...]


def groups(granularity: str, text: str, offsets: Sequence[Sequence[int]]) -> Groups:
    """[start, end) of each unit among the tokens, in order; () for `token`: each is one.

    offsets  [start, end) of every token's characters in `text`
    Raises ValueError for an unknown granularity.
    """
    check_granularity(granularity)
    if granularity == "token":
        return ()
    starts = _word_starts(text) if granularity == "word" else _sentence_starts(text)
    units = [sum(start <= offset[0] for start in starts) for offset in offsets]
    return _runs(units)


def check_granularity(granularity: str) -> None:
    """Raises ValueError, naming those there are, for another one."""
    if granularity not in GRANULARITIES:
        raise ValueError(f"unknown granularity {granularity!r}; choose one of {', '.join(GRANULARITIES)}")


def _word_starts(text: str) -> list[int]:
    return [word.start() for word in WORD.finditer(text)]


def _sentence_starts(text: str) -> list[int]:
    ends = [end for end in END.finditer(text) if not ABBREVIATED.search(text[: end.start() + 1])]
    return [0, *(end.end() for end in ends)]


def _runs(units: list[int]) -> Groups:
    runs, place = [], 0
    for _, run in groupby(units):
        length = len(list(run))
        runs.append((place, place + length))
        place += length
    return tuple(runs)
