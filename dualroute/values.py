"""Values that people pass: numbers, lists of indices and texts, as plain Python values or refused in words.

A scalar of numpy, torch or pandas, and an array without dimensions, is the number it holds. An array with dimensions is
none, even with one element. True and False are no numbers. A count may be written as a float (`20.0`), as JSON and
tables write it; an index may not. Every function raises ValueError, with the name and the limits, for anything else.
"""

import math
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from difflib import get_close_matches
from numbers import Real
from typing import Any, cast

import numpy as np

MAX_SEED = 2**32 - 1  # numpy takes no larger one
LONGEST_SHOWN = 80  # characters of a value in a message


def plain(value: Any) -> Any:
    """A scalar of numpy or torch as the Python value it holds; anything else as it is."""
    if getattr(value, "ndim", None) != 0 or not hasattr(value, "tolist"):
        return value
    try:
        held = value.tolist()
    except NotImplementedError:  # a tensor without data
        return value
    return float(cast(Any, held)) if isinstance(held, np.floating) else held  # long doubles hold themselves


def shown(value: Any) -> str:
    """A value as a message shows it, in one line."""
    value = plain(value)
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and shape:
        return f"an array of shape {tuple(cast(tuple[int, ...], shape))}"
    return one_line(repr(value))


def one_line(words: str) -> str:
    """A text in one line, cut to `LONGEST_SHOWN` characters."""
    words = " ".join(words.split())
    return words if len(words) <= LONGEST_SHOWN else words[: LONGEST_SHOWN - 1] + "…"


def whole_number(value: Any, name: str, low: int = 0, high: int | None = None) -> int:
    """The whole number from `low` to `high`."""
    number = plain(value)
    if not isinstance(number, int) or isinstance(number, bool):
        finite = _finite(number)
        number = int(finite) if finite is not None and finite.is_integer() else None
    if number is None or not _within(number, low, high):
        raise ValueError(f"{name} must be a whole number{_limits(low, high)}, not {shown(value)}")
    return int(number)


def real_number(value: Any, name: str, low: float | None = None, high: float | None = None) -> float:
    """The number from `low` to `high`; never NaN or infinite."""
    number = _finite(value)
    if number is None or not _within(number, low, high):
        raise ValueError(f"{name} must be a number{_limits(low, high)}, not {shown(value)}")
    return number


def positive_number(value: Any, name: str) -> float:
    """The number above 0."""
    number = _finite(value)
    if number is None or not number > 0:
        raise ValueError(f"{name} must be a number above 0, not {shown(value)}")
    return number


def threshold_number(value: Any, name: str = "threshold") -> float:
    """θ in [0, 1]."""
    number = plain(value)
    if isinstance(number, bool) or not isinstance(number, Real | Decimal):
        raise ValueError(f"{name} must be a number in [0, 1], not {shown(value)}")
    theta = _finite(number)
    if theta is None or not 0 <= theta <= 1:
        raise ValueError(f"{name} must lie in [0, 1], not {one_line(str(number))}")
    return theta


def threshold_numbers(value: Any, name: str = "thresholds") -> np.ndarray:
    """(K,) float64: a list or an array of θ in [0, 1]."""
    return np.array([threshold_number(one, name) for one in items(value, name, "numbers in [0, 1]")], dtype=float)


def seed_number(value: Any) -> int:
    """The seed of random numbers, from 0 to `MAX_SEED`."""
    return whole_number(value, "seed", 0, MAX_SEED)


def index_number(value: Any, name: str) -> int:
    """An index from 0 on; unlike a whole number it is no float."""
    if not is_index(value):
        raise ValueError(f"{name} must be a whole number from 0 on, not {shown(value)}")
    return int(plain(value))


def is_index(value: Any) -> bool:
    """Whether a value is an index, from 0 on."""
    number = plain(value)
    return isinstance(number, int) and not isinstance(number, bool) and number >= 0


def indices(value: Any, name: str) -> tuple[int, ...]:
    """A list or an array of whole numbers from 0 on; a mask of True and False is none."""
    if is_index(value):
        raise ValueError(
            f"{name} must be a list of whole numbers from 0 on, not {shown(value)}: write [{shown(value)}]"
        )
    numbers = items(value, name, "whole numbers from 0 on")
    if numbers and all(isinstance(plain(one), bool) for one in numbers):
        raise ValueError(f"{name} must be a list of whole numbers from 0 on, not a mask: use np.flatnonzero(mask)")
    return tuple(index_number(one, f"each of {name}") for one in numbers)


def items(value: Any, name: str, kind: str) -> list[Any]:
    """The items of a list, an array or anything else that can be iterated, but a text or a mapping."""
    value = plain(value)
    if isinstance(value, str | bytes | bytearray | Mapping) or not isinstance(value, Iterable):
        raise ValueError(f"{name} must be a list of {kind}, not {shown(value)}")
    return list(cast(Iterable[Any], value))


def text(value: Any, name: str) -> str:
    """A text, as a plain str."""
    value = plain(value)
    if not isinstance(value, str):
        raise ValueError(f"{name} must be text, not {shown(value)}")
    return str.__str__(value)


def known(value: Any, names: Collection[str], what: str) -> str:
    """One of `names`; the message for another suggests the nearest ones."""
    name = plain(value)
    if isinstance(name, str) and name in names:
        return str.__str__(name)
    raise ValueError(f"unknown {what} {shown(value)}; {nearest(value, names)}choose one of {', '.join(names)}")


def nearest(value: Any, names: Iterable[str]) -> str:
    """`did you mean 'soft'? ` for a name that is nearly one of `names`; empty for any other."""
    short = isinstance(value, str) and len(value) <= LONGEST_SHOWN  # the comparison of long texts takes long
    close = get_close_matches(value, [name for name in names if len(name) <= LONGEST_SHOWN], 1, 0.7) if short else []
    return f"did you mean {close[0]!r}? " if close else ""


def as_named(label: str, labels: Collection[str]) -> str:
    """Return the one of `labels` that `label` means: itself, or else the only one of the same number or truth value.

    Programs write one class as 1 or 1.0, as true or True.
    """
    if label in labels or (meant := _value_of(label)) is None:
        return label
    same = [name for name in labels if _value_of(name) == meant]
    return same[0] if len(same) == 1 else label


def _value_of(label: str) -> float | str | None:
    """The number or the truth value that a label is; None for any other text."""
    if label.casefold() in ("true", "false"):
        return label.casefold()
    try:
        return float(label)
    except ValueError:
        return None


def _finite(value: Any) -> float | None:
    number = plain(value)
    if isinstance(number, bool) or not isinstance(number, Real | Decimal):
        return None
    try:
        number = float(number)
    except (OverflowError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _within(number: Any, low: float | None, high: float | None) -> bool:
    return (low is None or number >= low) and (high is None or number <= high)


def _limits(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f" from {low:,} to {high:,}"
    return "" if low is None else f" from {low:,} on"
