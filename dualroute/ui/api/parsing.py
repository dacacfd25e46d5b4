"""Arguments that are JSON text: read, or refused in words."""

import json


def parsed(text, kind: type, name: str):
    """An object (`dict`) or a list of JSON text; empty text is an empty one. Parsed already, it is taken as it is.

    Raises ValueError for anything else.
    """
    try:
        value = json.loads(text) if isinstance(text, str) and text.strip() else (text or kind())
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"{name} is not JSON: {error}") from error
    if not isinstance(value, kind):
        raise ValueError(f"{name} must be a JSON {'object' if kind is dict else 'list'}, not {type(value).__name__}")
    return value


def view_of(task, x, h, policy, threshold, overrides) -> dict:
    """The arguments all endpoints share, as the handlers take them; an empty policy is the checkpoint's own."""
    flips = parsed(overrides, dict, "overrides")
    decision = {"policy": policy, "threshold": threshold, "overrides": flips}
    return {"checkpoint": task, "x": x, "h": h} | decision


def as_json(value) -> str:
    """JSON text; arrays as lists, what is not a number as null."""
    import orjson

    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS).decode()
