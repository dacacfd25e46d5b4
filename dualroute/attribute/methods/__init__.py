"""The methods of attribution, by name. Every module of this package registers its own; nothing else lists them.

Importing it loads neither torch nor captum: the modules import them inside their functions.
"""

from importlib import import_module
from pkgutil import iter_modules

from dualroute.attribute.method import GATE, REGISTERED, SCORE, Method, Parameter
from dualroute.values import known

__all__ = ["GATE", "METHODS", "SCORE", "Method", "Parameter", "find_method"]

FIRST = ("exact", "gradients", "perturbations", "regressions")  # the order of methods on the page; others follow


def _modules() -> list[str]:
    names = sorted(module.name for module in iter_modules(__path__))
    return [*FIRST, *(name for name in names if name not in FIRST)]


for _name in _modules():
    import_module(f"{__name__}.{_name}")

METHODS: dict[str, Method] = REGISTERED


def find_method(name: str) -> Method:
    """The method called `name`. Raises ValueError, naming all methods, for an unknown one."""
    return METHODS[known(name, METHODS, "method")]
