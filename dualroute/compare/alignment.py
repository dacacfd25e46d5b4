"""Two sequences side by side. `assets/js/compare/align.js` does the same, and a test holds them equal."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True)
class Column:
    """A place in both sequences: an index into each, None where one has nothing there.

    change  `same`, `swapped` (another one in its place), `inserted` (only in b) or `deleted` (only in a)
    """

    a: int | None
    b: int | None
    change: str


def align(a: Sequence[str], b: Sequence[str]) -> list[Column]:
    """All of a and all of b, each once and in order; what is equal stands together, as `difflib` finds it.

    Where as many are replaced as stand in their place, they are swapped one by one; else they are deleted and inserted.
    """
    columns = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal" or (tag == "replace" and i2 - i1 == j2 - j1):
            change = "same" if tag == "equal" else "swapped"
            columns += [Column(i, j, change) for i, j in zip(range(i1, i2), range(j1, j2), strict=True)]
        else:
            columns += [Column(i, None, "deleted") for i in range(i1, i2)]
            columns += [Column(None, j, "inserted") for j in range(j1, j2)]
    return columns
