"""What an address says of the tabs beside Inspect, checked: plain values, which the page hands to the tab."""

from collections.abc import Callable

from dualroute.app.attribute.request import LIMITS, LONGEST_TARGET
from dualroute.app.url_state.query import Parts, clipped, quoted
from dualroute.attribute.methods import METHODS
from dualroute.export.attribute_payload import BASELINES, GRANULARITIES

# The parts of each tab; the page takes them out of the address when another tab is opened.
PARTS_OF = {
    "attribute": ("explain", "beside", "methods", "baseline", "granularity", "seed", "base_x", "base_h", "set"),
    "compare": ("a", "b"),
    "thresholds": ("rows", "at", "theta1", "theta2", "facet", "budget", "quality"),
    "results": ("result",),
}
LONGEST_VIEW, LONGEST_FACET = 20_000, 200


def read_asked(parts: Parts) -> dict | None:
    """What Attribute is asked: {target, beside, methods, baseline, granularity, seed, texts, parameters}.

    None where the address says nothing of it; a part is None where it says nothing of that. The target is checked by
    the page, which knows what is on screen.
    """
    if not any(name in parts for name in PARTS_OF["attribute"]):
        return None
    texts = [_short(parts, name, LIMITS["text"], "the baseline's text") for name in ("base_x", "base_h")]
    return {
        "target": _short(parts, "explain", LONGEST_TARGET, "what is to be explained") or None,
        "beside": parts.name_of("beside", ("yes", "no"), "the mean gate beside it:") != "no",
        "methods": _methods(parts),
        "baseline": parts.name_of("baseline", BASELINES, "the baseline"),
        "granularity": parts.name_of("granularity", GRANULARITIES, "the granularity"),
        "seed": parts.number("seed", 0, LIMITS["seed"], "the seed", whole=True),
        "texts": texts if any(texts) else None,
        "parameters": _parameters(parts),
    }


def read_rows(parts: Parts, offered: Callable[[], list[str]]) -> dict | None:
    """What Thresholds shows: {rows, theta, one, other, facet, share, quality}; θ from 0 to 1, the last two in percent.

    offered: the checkpoints that have rows or a curve. None where the address says nothing of it. `other` is None
    where it follows θ.
    """
    if not any(name in parts for name in PARTS_OF["thresholds"]):
        return None
    return {
        "rows": parts.name_of("rows", offered(), "the evaluation rows") if "rows" in parts else None,
        "theta": parts.number("at", 0, 1, "the rows’ θ"),
        "one": parts.number("theta1", 0, 1, "θ₁"),
        "other": parts.number("theta2", 0, 1, "θ₂"),
        "facet": _short(parts, "facet", LONGEST_FACET, "the parts of the rows") or None,
        "share": parts.number("budget", 0, 100, "the share of tokens"),
        "quality": parts.number("quality", 0, 100, "the wanted quality"),
    }


def read_pair(parts: Parts) -> dict | None:
    """The two views of Compare as they stand, {a, b}, b None where there is one view; None where there is none."""
    if "b" in parts and not parts.text("a"):
        parts.note("the view b was not used: it tells only what differs from a, and there is no a")
    if not parts.text("a"):
        return None
    views = {name: _short(parts, name, LONGEST_VIEW, f"the view {name}") for name in ("a", "b")}
    return {"a": views["a"], "b": views["b"] if "b" in parts else None} if views["a"] else None


def _methods(parts: Parts) -> list[str] | None:
    wanted = [name for name in parts.text("methods").split(",") if name]
    unknown = [name for name in wanted if name not in METHODS]
    if unknown:
        parts.note(f"the methods {quoted(', '.join(unknown))} were not used: there are {', '.join(METHODS)}")
    return [name for name in METHODS if name in wanted] or None


def _parameters(parts: Parts) -> dict[str, dict]:
    """{method: {parameter: number, or None for what the method chooses}} of `method.parameter:64,…`."""
    found: dict[str, dict] = {}
    for piece in filter(None, parts.text("set").split(",")):
        name, _, text = piece.partition(":")
        method, _, key = name.partition(".")
        known = {parameter.name: parameter for parameter in METHODS[method].parameters} if method in METHODS else {}
        if key not in known:
            parts.note(f"the setting {quoted(name)} was not used: no method has it")
        elif (value := _value(parts, known[key], text)) is not _NONE:
            found.setdefault(method, {})[key] = value
    return found


_NONE = object()


def _value(parts: Parts, parameter, text: str):
    if not text and parameter.default is None:
        return None
    value = parts.as_number(text, parameter.low, parameter.high, f"“{parameter.title}”", parameter.whole)
    return _NONE if value is None else int(value) if parameter.whole else value


def _short(parts: Parts, name: str, longest: int, words: str) -> str:
    text = parts.text(name)
    if len(text) <= longest:
        return text.encode("utf-8", "replace").decode()
    parts.note(f"{words}, {quoted(clipped(text))}, was not used: it has {len(text):,} characters, at most {longest:,}")
    return ""
