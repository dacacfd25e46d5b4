"""Align two sequences. `frontend/src/core/align.ts` does the same; a test compares."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True)
class Column:
    """A place in both sequences: an index into each, None where one has nothing there.

    change  `same`, `swapped` (another item in its place), `inserted` (only in b) or `deleted` (only in a)
    """

    a: int | None
    b: int | None
    change: str

    @property
    def pair(self) -> tuple[int, int] | None:
        """Both indices; None where one of the sequences has nothing here."""
        return None if self.a is None or self.b is None else (self.a, self.b)


def align(a: Sequence[str], b: Sequence[str]) -> list[Column]:
    """The columns of all items of a and b, each once and in order; equal items share a column, as `difflib` finds them.

    A stretch that replaces one of equal length is swapped item by item; any other is deleted and inserted.
    """
    columns: list[Column] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal" or (tag == "replace" and i2 - i1 == j2 - j1):
            change = "same" if tag == "equal" else "swapped"
            columns += [Column(i, j, change) for i, j in zip(range(i1, i2), range(j1, j2), strict=True)]
        else:
            columns += [Column(i, None, "deleted") for i in range(i1, i2)]
            columns += [Column(None, j, "inserted") for j in range(j1, j2)]
    return columns
