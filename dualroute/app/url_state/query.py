"""Reading an address part by part. What is out of range is taken to the nearest limit, what is of no use is left out;
both are said, and the other parts still hold."""

import math
import re
from collections.abc import Iterable, Mapping

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_LONGEST_NUMBER, _LONGEST_QUOTE, _LONGEST_NOTE, _MOST_NAMES = 40, 60, 500, 17
MOST_NOTES = 12


class Parts:
    """The parameters of an address, and in `notes` what of them could not be used as it stands, in words.

    of  whose parameters they are, where an address has several views; it stands before each note
    """

    def __init__(self, query: Mapping[str, str], of: str = ""):
        self._query, self._of = query, of
        self.notes: list[str] = []

    def __contains__(self, name: str) -> bool:
        return name in self._query

    def note(self, words: str) -> None:
        """Say something once, in characters that can be sent on."""
        told = (f"{self._of}: {words}" if self._of else words).encode("utf-8", "replace").decode()[:_LONGEST_NOTE]
        if told not in self.notes:
            self.notes.append(told)

    def text(self, name: str) -> str:
        """A text as it stands; empty where there is none."""
        return self._query.get(name, "")

    def name_of(self, name: str, known: Iterable[str], words: str) -> str | None:
        """One of some known names; None where the address has no such part or another name."""
        value, known = self.text(name), list(known)
        if not value or value in known:
            return value or None
        self.note(f"{words} {quoted(value)} was not used: there {listed(known)}")
        return None

    def number(self, name: str, low: float, high: float, words: str, whole: bool = False) -> float | None:
        """A number from `low` to `high`, the nearest of them for one beyond; None where there is none."""
        if name not in self._query:
            return None
        value = self.as_number(self.text(name), low, high, words, whole)
        return None if value is None else (int(value) if whole else value)

    def as_number(self, text: str, low: float, high: float, words: str, whole: bool = False) -> float | None:
        """The same of a text that stands in a part."""
        value = number_of(text)
        if value is None or (whole and value != int(value)):
            kind = "a whole number" if whole else "a number"
            return self.note(f"{words} {quoted(text)} was not used: it is not {kind} from {low:g} to {high:,}")
        taken = min(high, max(low, value))
        if taken != value:
            self.note(f"{words} of {clipped(text)} was taken as {taken:g}: it goes from {low:g} to {high:,}")
        return taken

    def counts(self, name: str, words: str) -> list[int]:
        """The whole numbers of `3,4,7`."""
        found = [piece for piece in self.text(name).split(",") if piece]
        wrong = [piece for piece in found if not is_count(piece)]
        if wrong:
            self.note(f"{words} {quoted(','.join(wrong))} were not used: they are not numbers of tokens")
        return [int(piece) for piece in found if is_count(piece)]


def number_of(text: str) -> float | None:
    """The finite number that a short text writes in digits; None for any other text."""
    if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        return None
    return value if math.isfinite(value := float(text)) else None


def is_count(text: str) -> bool:
    """Whether a text is a whole number of a few digits; longer ones are none a person meant."""
    return text.isascii() and text.isdigit() and len(text) <= 6


def quoted(text: str) -> str:
    """A text of the address inside a sentence."""
    return f"“{clipped(text)}”"


def clipped(text: str) -> str:
    """Its beginning."""
    return text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + "…"


def listed(names: list[str]) -> str:
    """`are a, b, c`, or what to say where there are none."""
    if not names:
        return "are none"
    more = f" and {len(names) - _MOST_NAMES} others" if len(names) > _MOST_NAMES else ""
    return ("is only " if len(names) == 1 else "are ") + ", ".join(names[:_MOST_NAMES]) + more


def few(notes: list[str]) -> list[str]:
    """The notes, or the first of very many."""
    if len(notes) <= MOST_NOTES:
        return list(notes)
    return [*notes[:MOST_NOTES], f"and {len(notes) - MOST_NOTES} other parts"]
