"""Decision layers, by the name that a config gives them.

This module imports none of them, so that options and configurations read the names without torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dualroute.families.dual_route.routers.base import Router

ROUTER_CLASSES = {  # file in this folder: class in it
    "linear": "LinearRouter",
    "mlp": "MlpRouter",
    "conv": "ConvRouter",
    "recurrent": "RecurrentRouter",
    "attention": "AttentionRouter",
}


def make_router(config) -> "Router":
    """Return a new decision layer of the kind `config.router`."""
    module = import_module(f"{__name__}.{config.router}")
    return getattr(module, ROUTER_CLASSES[config.router])(config)
