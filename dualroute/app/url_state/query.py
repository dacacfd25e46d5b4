"""The parameters of an address, read one by one; and what they say of the tabs Attribute, Compare and Thresholds.

A number out of range is moved to the nearest limit, an invalid value is left out, and a note says so.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping

from typing_extensions import TypedDict

from dualroute.app.contracts import LIMITS, MAX_TARGET, MAX_VIEW
from dualroute.attribute.methods import METHODS, Parameter
from dualroute.export.attribute_payload import BASELINES, GRANULARITIES

# The parameters of each tab; the page removes them from the address when another tab is opened.
TAB_PARAMETERS = {
    # The page itself reads what stands here for a language model: every request is checked when it comes.
    "language": ("q", "from", "says", "ids", "lm", "gate", "rule", "read", "turned", "temp", "draw", "topp"),
    "attribute": ("explain", "beside", "methods", "baseline", "granularity", "seed", "base_x", "base_h", "set"),
    "compare": ("a", "b"),
    "thresholds": ("rows", "at", "theta1", "theta2", "facet", "budget", "quality"),
    "results": ("result",),
}
MAX_NOTES, MAX_FACET = 12, 200
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_MAX_NUMBER, _MAX_QUOTE, _MAX_NOTE, _MAX_NAMES = 40, 60, 500, 17


class UrlQuery:
    """The parameters of an address, and in `notes` those that could not be used as they stand, in words.

    side  whose parameters they are, where an address holds several views; it stands before each note
    """

    def __init__(self, parameters: Mapping[str, str], side: str = ""):
        self._parameters, self._side = parameters, side
        self.notes: list[str] = []

    def __contains__(self, name: str) -> bool:
        return name in self._parameters

    def note(self, words: str) -> None:
        """Add a note once, in characters that can be sent."""
        text = (f"{self._side}: " if self._side else "") + words
        text = text.encode("utf-8", "replace").decode()[:_MAX_NOTE]
        if text not in self.notes:
            self.notes.append(text)

    def text(self, name: str) -> str:
        """A parameter as it stands; empty where there is none."""
        return self._parameters.get(name, "")

    def short_text(self, name: str, limit: int, words: str) -> str:
        """A text of at most `limit` characters; empty for a longer one."""
        text = self.text(name)
        if len(text) <= limit:
            return text.encode("utf-8", "replace").decode()
        self.note(f"{words}, {quoted(clipped(text))}, was not used: it has {len(text):,} characters, at most {limit:,}")
        return ""

    def choice(self, name: str, options: Iterable[str], words: str) -> str | None:
        """One of `options`; None where there is no such parameter, or another value."""
        value, options = self.text(name), list(options)
        if not value or value in options:
            return value or None
        self.note(f"{words} {quoted(value)} was not used: there {listed(options)}")
        return None

    def number(self, name: str, low: float, high: float, words: str, whole: bool = False) -> float | None:
        """A number, moved into `low` to `high`; None where there is none."""
        if name not in self._parameters:
            return None
        value = self.parse_number(self.text(name), low, high, words, whole)
        return None if value is None else (int(value) if whole else value)

    def parse_number(self, text: str, low: float, high: float, words: str, whole: bool = False) -> float | None:
        """The number that a part of a parameter writes, moved into `low` to `high`."""
        value = number_of(text)
        if value is None or (whole and value != int(value)):
            kind = "a whole number" if whole else "a number"
            return self.note(f"{words} {quoted(text)} was not used: it is not {kind} from {low:g} to {high:,}")
        inside = min(high, max(low, value))
        if inside != value:
            self.note(f"{words} of {clipped(text)} was taken as {inside:g}: it goes from {low:g} to {high:,}")
        return inside

    def indices(self, name: str, words: str) -> list[int]:
        """The indices of `3,4,7`."""
        pieces = [piece for piece in self.text(name).split(",") if piece]
        wrong = [piece for piece in pieces if not is_index(piece)]
        if wrong:
            self.note(f"{words} {quoted(','.join(wrong))} were not used: they are not numbers of tokens")
        return [int(piece) for piece in pieces if is_index(piece)]


def number_of(text: str) -> float | None:
    """The finite number that a short text writes in digits; None for any other text."""
    if len(text) > _MAX_NUMBER or not _NUMBER.fullmatch(text):
        return None
    return value if math.isfinite(value := float(text)) else None


def is_index(text: str) -> bool:
    """Whether a text is a whole number of at most six digits."""
    return text.isascii() and text.isdigit() and len(text) <= 6


def quoted(text: str) -> str:
    """The beginning of a text between quotation marks."""
    return f"“{clipped(text)}”"


def clipped(text: str) -> str:
    """Truncate to 60 characters, ending in an ellipsis."""
    return text if len(text) <= _MAX_QUOTE else text[: _MAX_QUOTE - 1] + "…"


def listed(names: list[str]) -> str:
    """`are a, b, c`, of very many the first ones; `are none` for none."""
    if not names:
        return "are none"
    more = f" and {len(names) - _MAX_NAMES} others" if len(names) > _MAX_NAMES else ""
    return ("is only " if len(names) == 1 else "are ") + ", ".join(names[:_MAX_NAMES]) + more


def first_notes(notes: list[str]) -> list[str]:
    """All notes, or the first 12 and how many others there are."""
    more = [f"and {len(notes) - MAX_NOTES} other parts"] if len(notes) > MAX_NOTES else []
    return notes[:MAX_NOTES] + more


def other_parameters(tab: str) -> list[str]:
    """The parameters of all other tabs."""
    return [name for other, names in TAB_PARAMETERS.items() if other != tab for name in names]


class LinkedAttribution(TypedDict):
    """What an address says of Attribute; a field is None where it says nothing of it. key: the input it is about."""

    target: str | None
    beside: bool
    methods: list[str] | None
    baseline: str | None
    granularity: str | None
    seed: int | None
    texts: tuple[str, str] | None
    parameters: dict[str, dict[str, float | None]]
    key: str | None


class LinkedRows(TypedDict):
    """What an address says of Thresholds: θ from 0 to 1, share and quality in percent."""

    rows: str | None
    theta: float | None
    one: float | None
    other: float | None
    facet: str | None
    share: float | None
    quality: float | None


class LinkedPair(TypedDict):
    a: str
    b: str | None


class Notice(TypedDict):
    """What of an address was not used, and what the other tabs begin with."""

    notes: list[str]
    asked: LinkedAttribution | None
    rows: LinkedRows | None
    pair: LinkedPair | None


def read_attribution(query: UrlQuery) -> dict | None:
    """A `LinkedAttribution` without its key; None where the address says nothing of Attribute.

    The page checks the target: it knows what is on screen.
    """
    if not any(name in query for name in TAB_PARAMETERS["attribute"]):
        return None
    texts = [query.short_text(name, LIMITS["text"], "the baseline's text") for name in ("base_x", "base_h")]
    return {
        "target": query.short_text("explain", MAX_TARGET, "what is to be explained") or None,
        "beside": query.choice("beside", ("yes", "no"), "the mean gate beside it:") != "no",
        "methods": _methods(query),
        "baseline": query.choice("baseline", BASELINES, "the baseline"),
        "granularity": query.choice("granularity", GRANULARITIES, "the granularity"),
        "seed": query.number("seed", 0, LIMITS["seed"], "the seed", whole=True),
        "texts": texts if any(texts) else None,
        "parameters": _parameters(query),
    }


def read_rows(query: UrlQuery, names: Callable[[], list[str]]) -> LinkedRows | None:
    """What Thresholds shows; None where the address says nothing of it. `other` is None where it follows θ.

    names  returns the checkpoints that have rows or a curve
    """
    if not any(name in query for name in TAB_PARAMETERS["thresholds"]):
        return None
    return {
        "rows": query.choice("rows", names(), "the evaluation rows") if "rows" in query else None,
        "theta": query.number("at", 0, 1, "the rows’ θ"),
        "one": query.number("theta1", 0, 1, "θ₁"),
        "other": query.number("theta2", 0, 1, "θ₂"),
        "facet": query.short_text("facet", MAX_FACET, "the parts of the rows") or None,
        "share": query.number("budget", 0, 100, "the share of tokens"),
        "quality": query.number("quality", 0, 100, "the wanted quality"),
    }


def read_pair(query: UrlQuery) -> LinkedPair | None:
    """The two views of Compare as they stand, b None where there is one view; None where there is none."""
    if "b" in query and not query.text("a"):
        query.note("the view b was not used: it tells only what differs from a, and there is no a")
    if not query.text("a"):
        return None
    views = {name: query.short_text(name, MAX_VIEW, f"the view {name}") for name in ("a", "b")}
    return {"a": views["a"], "b": views["b"] if "b" in query else None} if views["a"] else None


def _methods(query: UrlQuery) -> list[str] | None:
    names = [name for name in query.text("methods").split(",") if name]
    unknown = [name for name in names if name not in METHODS]
    if unknown:
        query.note(f"the methods {quoted(', '.join(unknown))} were not used: there are {', '.join(METHODS)}")
    return [name for name in METHODS if name in names] or None


def _parameters(query: UrlQuery) -> dict[str, dict[str, float | None]]:
    """{method: {parameter: number, or None to leave it to the method}} of `method.parameter:64,…`."""
    settings: dict[str, dict[str, float | None]] = {}
    for piece in filter(None, query.text("set").split(",")):
        name, _, text = piece.partition(":")
        method, _, key = name.partition(".")
        known = {parameter.name: parameter for parameter in METHODS[method].parameters} if method in METHODS else {}
        if key not in known:
            query.note(f"the setting {quoted(name)} was not used: no method has it")
        elif not text and known[key].default is None:
            settings.setdefault(method, {})[key] = None
        elif (value := _value(query, known[key], text)) is not None:
            settings.setdefault(method, {})[key] = value
    return settings


def _value(query: UrlQuery, parameter: Parameter, text: str) -> float | None:
    value = query.parse_number(text, parameter.low, parameter.high, f"“{parameter.title}”", parameter.whole)
    return int(value) if parameter.whole and value is not None else value
