"""Families of routing models, looked up by the `model_type` of a checkpoint.

A family is a package in this folder. Its `__init__` names the `model_type` of its checkpoints and returns its model
class:

    MODEL_TYPES = ("dualroute",)

    def model_class():
        from dualroute.families.dual_route.family import DualRoute
        return DualRoute

A family that also runs models from elsewhere, which do not say to which family they belong, sets `FINDS_MODELS = True`,
and its class has a method `find`.
The `__init__` imports nothing heavy. `register` adds a family from outside this package. docs/extend/family.md says
what a model class implements.
"""

import json
import pkgutil
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dualroute.values import known

if TYPE_CHECKING:
    from dualroute.families.base import RoutingModel

_REGISTERED: dict[str, Callable[[], "type[RoutingModel]"]] = {}


def register(model_type: str, model_class: Callable[[], "type[RoutingModel]"]) -> None:
    """Add a family for checkpoints of this `model_type`; `model_class` imports and returns its class."""
    _REGISTERED[model_type] = model_class


def find_family(model_type: str) -> "type[RoutingModel]":
    """Return the class for checkpoints of this `model_type`; raise ValueError, with all known types, for another."""
    families = {**_shipped_families(), **_REGISTERED}
    if model_type not in families:
        finding = ", ".join(name for name, package in _packages().items() if getattr(package, "FINDS_MODELS", False))
        raise ValueError(
            f"no family of models has the model type {model_type!r}; there are {', '.join(families)}. A model from "
            f"elsewhere is loaded by the name of a family, load(…, family=…): {finding}"
        )
    return families[model_type]()


def family_named(name: str) -> "type[RoutingModel]":
    """Return the class of the family of this name; raise ValueError, with all names, for another."""
    return _packages()[known(name, _packages(), "family")].model_class()


def model_type_of(folder: str | Path) -> str:
    """Return the `model_type` in the `config.json` of a folder; runs no code of the checkpoint.

    Raises FileNotFoundError for a missing file, ValueError for a damaged one.
    """
    path = Path(folder) / "config.json"
    if not path.is_file():
        raise FileNotFoundError(f"no config.json in {folder}: it is no checkpoint")
    try:
        return json.loads(path.read_text(encoding="utf-8"))["model_type"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path} names no model_type ({error}); copy the checkpoint anew") from error


@lru_cache(maxsize=1)
def _shipped_families() -> "dict[str, Callable[[], type[RoutingModel]]]":
    """{model type: function that returns the class} of the packages in this folder."""
    return {name: package.model_class for package in _packages().values() for name in package.MODEL_TYPES}


@lru_cache(maxsize=1)
def _packages() -> dict[str, Any]:
    """{name of a family: its package in this folder}."""
    names = [item.name for item in pkgutil.iter_modules(__path__) if item.ispkg]
    return {name: import_module(f"{__name__}.{name}") for name in names}
