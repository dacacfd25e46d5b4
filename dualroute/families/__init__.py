"""Families of routing models, found by what a checkpoint says it is.

A family is a package here whose `__init__` names the `model_type` of its checkpoints and returns its model class:

    MODEL_TYPES = ("dualroute",)

    def model_class():
        from dualroute.families.dual_route.family import DualRoute
        return DualRoute

Its `__init__` imports nothing heavy. A family outside this package is added with `register`. docs/families.md says what
a model class implements.
"""

import json
import pkgutil
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dualroute.families.base import RoutingModel

_REGISTERED: dict[str, Callable[[], "type[RoutingModel]"]] = {}


def register(model_type: str, model_class: Callable[[], "type[RoutingModel]"]) -> None:
    """Add a family for checkpoints of this `model_type`; `model_class` returns its class, imported when asked for."""
    _REGISTERED[model_type] = model_class


def find_family(model_type: str) -> "type[RoutingModel]":
    """The class for checkpoints of this `model_type`. Raises ValueError, naming the types there are."""
    families = {**_shipped_families(), **_REGISTERED}
    if model_type not in families:
        raise ValueError(f"no family of models has the model type {model_type!r}; there are {', '.join(families)}")
    return families[model_type]()


def model_type_of(folder: str | Path) -> str:
    """The `model_type` in a checkpoint's `config.json`. Raises FileNotFoundError, or ValueError for a damaged file."""
    path = Path(folder) / "config.json"
    if not path.is_file():
        raise FileNotFoundError(f"no config.json in {folder}: it is no checkpoint")
    try:
        return json.loads(path.read_text(encoding="utf-8"))["model_type"]
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise ValueError(f"{path} names no model_type ({error}); copy the checkpoint anew") from error


@lru_cache(maxsize=1)
def _shipped_families() -> "dict[str, Callable[[], type[RoutingModel]]]":
    """{model type: function} of the packages in this folder."""
    packages = (import_module(f"{__name__}.{item.name}") for item in pkgutil.iter_modules(__path__) if item.ispkg)
    return {name: package.model_class for package in packages for name in package.MODEL_TYPES}
