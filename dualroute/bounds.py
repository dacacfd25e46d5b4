"""Numbers of settings: their bounds, checked before any work, and numpy's as Python's own."""

import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from dualroute.values import plain

POSITIVE = {"above": 0}
NOT_NEGATIVE = {"least": 0}
SHARE = {"least": 0, "most": 1}
BELOW_ONE = {"least": 0, "below": 1}
SEED = {"least": 0, "below": 2**32}
WORDS = {"above": "above {}", "least": "at least {}", "most": "at most {}", "below": "below {}"}
HOLDS = {
    "above": lambda value, bound: value > bound,
    "least": lambda value, bound: value >= bound,
    "most": lambda value, bound: value <= bound,
    "below": lambda value, bound: value < bound,
}


def option(name: str) -> str:
    """Return the option of the command line for a setting."""
    return f"--{name.replace('_', '-')}"


def check(name: str, value: Any, bounds: Mapping[str, float], whole: bool) -> None:
    """Raise ValueError that calls the setting `name` unless `value` is a finite number within `bounds`.

    bounds  any of `above`, `least`, `most`, `below`, each with its number
    whole   the number must be an integer
    """
    kinds = int if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds) or not math.isfinite(value):
        raise ValueError(f"{name} must be a {'whole' if whole else 'finite'} number, not {value!r}")
    if all(HOLDS[kind](value, bound) for kind, bound in bounds.items()):
        return
    if bounds == POSITIVE:
        raise ValueError(f"{name} must be positive, not {value}")
    if bounds == SHARE:
        raise ValueError(f"{name} must lie in [0, 1], not {value}")
    raise ValueError(f"{name} must be {' and '.join(WORDS[kind].format(n) for kind, n in bounds.items())}, not {value}")


def check_fields(settings: Any) -> None:
    """Check every field of a settings dataclass whose metadata has `bounds`; errors call it by its option.

    Numbers of numpy are replaced by Python's own. None stands where it is the default.
    """
    for item in fields(settings):
        if "bounds" not in item.metadata:
            continue
        value = plain(getattr(settings, item.name))
        object.__setattr__(settings, item.name, value)
        if value is None and item.default is None:
            continue
        has_option = "help" in item.metadata and item.metadata.get("option", True)
        whole = item.type in (int, "int", int | None)
        check(option(item.name) if has_option else item.name, value, item.metadata["bounds"], whole)
