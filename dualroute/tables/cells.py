"""Values of cells as texts. JSON has numbers, booleans and lists where CSV has only texts; both must give the same."""

import datetime
import math
import re
from typing import Any

import numpy as np

_WHOLE = re.compile(r"[+-]?\d+\.0")
_PLAIN = (str, bool, int, float, datetime.date, datetime.time)


def cell_text(value: Any, column: str) -> str:
    """Return a cell as text: "" for none and nan, "True" or "False" for a boolean, an item a line for a list.

    Nothing is stripped. `column` is what errors call the cell. Raises ValueError for an object, or a list in a list.
    """
    value = _python(value)
    if isinstance(value, list | tuple):
        return "\n".join(_plain_text(item, column, "a list of") for item in map(_python, value) if not is_empty(item))
    return _plain_text(value, column)


def cell_items(value: Any, column: str) -> list[str]:
    """Return the items of a cell: those of a list that are not null, or the lines of a text that are not blank."""
    value = _python(value)
    if isinstance(value, list | tuple):
        return [_plain_text(item, column, "a list of") for item in map(_python, value) if not is_empty(item)]
    return [line for line in cell_text(value, column).splitlines() if line.strip()]


def is_empty(value: Any) -> bool:
    """Whether a cell is missing: none, nan or pandas' NA. An empty text is there, but says nothing."""
    return value is None or (isinstance(value, float) and math.isnan(value)) or type(value).__name__ in _MISSING


def whole_numbers(column: str, records: list[dict]) -> str:
    """Read 1.0, 2.0 in `column` as 1, 2 where other cells are empty; return a note, or "" if nothing was changed.

    pandas has no integer for an empty cell and so writes a column of integers with a gap in this way. Without a gap it
    writes 1, 2, and the same label must have the same name in both files.
    """
    values = [record[column] for record in records]
    filled = [value for value in values if value != ""]
    if len(filled) == len(values) or not filled or not all(map(_is_whole, filled)):
        return ""
    if all(isinstance(value, int) for value in filled):
        return ""
    for record in records:
        value = record[column]
        if value != "":
            record[column] = value[:-2] if isinstance(value, str) else int(value)
    return f'the numbers of column {column!r} are read as whole ones, without ".0", as it has empty cells'


_MISSING = ("NAType", "NaTType")


def _python(value: Any) -> Any:
    """A number or array of numpy as a Python number or list."""
    return value.tolist() if isinstance(value, np.generic | np.ndarray) else value


def _is_whole(value: Any) -> bool:
    if isinstance(value, str):
        return bool(_WHOLE.fullmatch(value))
    if isinstance(value, float):
        return value.is_integer() and abs(value) < 2**53
    return isinstance(value, int) and not isinstance(value, bool)


def _plain_text(value: Any, column: str, owner: str = "") -> str:
    if is_empty(value):
        return ""
    if not isinstance(value, _PLAIN):
        kind = {dict: "an object", list: "a list", tuple: "a list"}.get(type(value), type(value).__name__)
        raise ValueError(
            f"{column} holds {f'{owner} ' * bool(owner)}{kind}; it must be a text, a number or a list of those"
        )
    return str(value)
