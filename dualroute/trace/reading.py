"""Parts of parsed JSON, read by the type of their field; every message names the field.

All functions raise ValueError for a value of another form.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

import numpy as np

from dualroute.values import shown, text, whole_number

ROUNDING = 1e-2  # sums of probabilities that a model of half precision computed


def read_json(value: str | bytes) -> Any:
    """The value of a JSON text, in which every name of an object stands once."""
    if not isinstance(value, str | bytes | bytearray):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ValueError(f"JSON text is expected, not {shown(value)}")
    try:
        return json.loads(value, object_pairs_hook=_unique)
    except RecursionError as error:
        raise ValueError("the JSON text is nested too deeply") from error
    except UnicodeDecodeError as error:
        raise ValueError("these bytes are no text in UTF-8") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object whose names all differ."""
    data = dict(pairs)
    if len(data) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the name {shown(next(name for name in names if names.count(name) > 1))} stands twice")
    return data


def read_object(value: Any, name: str) -> dict[str, Any]:
    """A JSON object."""
    if not isinstance(value, Mapping):
        raise ValueError(f"{name} must be an object with names, not {shown(value)}")
    return dict(cast(Mapping[str, Any], value))


def read_list(value: Any, name: str) -> list[Any]:
    """A JSON list."""
    if not isinstance(value, list | tuple):
        raise ValueError(f"{name} must be a list, not {shown(value)}")
    return list(cast(Iterable[Any], value))


def read_texts(value: Any, name: str) -> tuple[str, ...]:
    """A list of texts."""
    return tuple(text(one, f"each of {name}") for one in read_list(value, name))


def read_ranges(value: Any, name: str) -> tuple[tuple[int, int], ...]:
    """A list of pairs [start, end)."""
    return tuple(_range(pair, name) for pair in read_list(value, name))


def _range(pair: Any, name: str) -> tuple[int, int]:
    ends = read_list(pair, f"each of {name}")
    if len(ends) != 2:
        raise ValueError(f"each of {name} must be a start and an end, not {shown(pair)}")
    start, end = (whole_number(one, f"each of {name}") for one in ends)
    if start > end:
        raise ValueError(f"each of {name} must be a start and an end, not {shown(pair)}")
    return start, end


def read_array(value: Any, name: str, kind: type[np.generic] = np.float32) -> np.ndarray:
    """An array of numbers; null is NaN."""
    try:
        array = np.asarray(value)
        array = array.astype(float) if array.dtype.kind == "O" else array
    except (TypeError, ValueError):
        array = np.asarray("")
    if array.dtype.kind not in "fiu":
        raise ValueError(f"{name} must hold numbers in lists of equal length, not {shown(value)}")
    if np.issubdtype(kind, np.integer):
        check_finite(array, name)
    return array.astype(kind)


def read_field(annotation: Any, value: Any, name: str) -> Any:
    """A field of a dataclass by its annotation; one of any other type as it is."""
    if value is None and annotation == np.ndarray | None:
        return None
    if annotation in (np.ndarray, np.ndarray | None):
        return read_array(value, name)
    if annotation == tuple[str, ...]:
        return read_texts(value, name)
    if annotation == dict[str, str]:
        return {key: text(one, f"{name} {key!r}") for key, one in read_object(value, name).items()}
    readers: dict[Any, Any] = {str: text, int: whole_number}
    return readers[annotation](value, name) if annotation in readers else value


def check_names(data: Mapping[str, Any], names: Iterable[str], part: str = "") -> None:
    """Raise ValueError where one of `names` is missing in a parsed JSON object."""
    missing = [name for name in names if name not in data]
    if missing:
        raise ValueError(f"{', '.join(missing)} missing" + (f" in {part}" if part else ""))


def check_finite(array: np.ndarray | None, name: str) -> None:
    """Raise ValueError for a number that is missing, NaN or infinite."""
    if array is not None and not np.isfinite(array).all():
        raise ValueError(f"{name} has a number that is missing or not finite")


def check_probabilities(array: np.ndarray | None, name: str, sums_over: int | None = None) -> None:
    """Raise ValueError for a number outside [0, 1], and where the sums over an axis are not 1."""
    check_finite(array, name)
    if array is None or not array.size:
        return
    if array.min() < -ROUNDING or array.max() > 1 + ROUNDING:
        raise ValueError(f"{name} must lie in [0, 1], not {array[(array < 0) | (array > 1)][0]:g}")
    if sums_over is None:
        return
    sums = array.sum(sums_over, dtype=np.float64)
    if np.abs(sums - 1).max() > ROUNDING:
        raise ValueError(f"{name} must sum to 1, not {sums.flat[np.abs(sums - 1).argmax()]:g}")
