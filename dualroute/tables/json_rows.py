"""Rows written as JSON: an object a row, one after the other (JSON Lines) or in one list."""

import json
import re
from typing import Any

_SPACE = re.compile(r"[\s\ufeff]*")
_WAY_OUT = 'each row must be an object, such as {"x": "a text", "label": "a class"}'
_OF_PANDAS = "with pandas, write the table by to_json(FILE, orient='records', lines=True)"


def looks_like_json(text: str) -> bool:
    """Whether a text begins as JSON rows do: with an object, or a list of objects."""
    return bool(re.match(r'[\s\ufeff]*(\[\s*)?\{\s*("|\}|$)', text[:1_000]) or re.match(r"[\s\ufeff]*\[\s*\]", text))


def read_json(text: str) -> list[dict[str, Any]]:
    """Return the objects of JSON Lines or of a JSON list. Raises ValueError, naming the line, for any other text."""
    decoder, at, values = json.JSONDecoder(object_pairs_hook=_object), _after_space(text, 0), []
    while at < len(text):
        try:
            value, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            raise ValueError(
                f"line {error.lineno:,} is not JSON, at its character {error.colno}: {error.msg}"
            ) from error
        except (RecursionError, ValueError) as error:  # nested too deeply, a number too long, or a name twice
            raise ValueError(f"line {text.count(chr(10), 0, at) + 1:,}: {error}") from error
        values.append(value)
        at = _after_space(text, end)
    if len(values) == 1 and isinstance(values[0], list):
        values = values[0]
    return _rows(values)


def _rows(values: list) -> list[dict[str, Any]]:
    for number, value in enumerate(values, 1):
        if not isinstance(value, dict):
            raise ValueError(f"row {number} is {_kind(value)}; {_WAY_OUT}")
    if len(values) == 1 and _holds_rows(values[0]):
        raise ValueError(f"the file is one object that holds columns or rows of a table; {_OF_PANDAS}")
    return values


def _holds_rows(value: dict) -> bool:
    """Whether an object is a table itself: of columns, of lists, or with its rows below a name."""
    parts = list(value.values())
    if any(isinstance(part, list) and part and isinstance(part[0], dict | list) for part in parts):
        return True
    if len(parts) > 1 and all(isinstance(part, list) for part in parts):
        return len({len(part) for part in parts}) == 1 and len(parts[0]) > 1
    return len(parts) > 1 and all(isinstance(part, dict) for part in parts)


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"an object has {next(name for name in names if names.count(name) > 1)!r:.80} twice")
    return found


def _kind(value: Any) -> str:
    return "a list" if isinstance(value, list) else "empty (null)" if value is None else f"the value {value!r:.40}"
