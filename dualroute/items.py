"""A context of items, written one per line: `Title (year): 4.5`, the rating optional."""

import re
from dataclasses import dataclass

from dualroute.text import clean_text

LOWEST, HIGHEST = 0.5, 5.0
MIDDLE = 3.5  # about the mean of the ratings that people give; what an item without a rating counts as
NO_RATING = 0.0  # the scaled rating of an item without one
_LINE = re.compile(r"(.*\S)\s*:\s*(\d+(?:[.,]\d+)?)")


@dataclass(frozen=True)
class Item:
    """One line: what the item is called, and its rating from 0.5 to 5, if it has one."""

    title: str
    rating: float | None = None

    @property
    def name(self) -> str:
        """The line in its shortest form."""
        return self.title if self.rating is None else f"{self.title}: {self.rating:g}"

    @property
    def scaled(self) -> float:
        """The rating about zero: 5 is 1, 3.5 is 0, 2 is -1; `NO_RATING` without one."""
        return NO_RATING if self.rating is None else (self.rating - MIDDLE) / (HIGHEST - MIDDLE)


def parse_items(text: str, name: str = "context") -> tuple[Item, ...]:
    """The items of a text, in its order; lines without any content are no items.

    A number behind the last colon of a line is its rating. Raises ValueError for one that is none, naming the line.
    """
    lines = (clean_text(line, name).text for line in text.splitlines())
    return tuple(_item(line, name) for line in lines if any(map(str.isalnum, line)))


def _item(line: str, name: str) -> Item:
    found = _LINE.fullmatch(line)
    if not found:
        return Item(line)
    rating = float(found[2].replace(",", "."))
    if not LOWEST <= rating <= HIGHEST:
        raise ValueError(f"the {name} says “{line}”: a rating is a number from {LOWEST} to {HIGHEST:g}")
    return Item(found[1], rating)
