"""Decision layers, by the name a config gives them."""

from dualroute.model.routers.base import Router
from dualroute.model.routers.linear import LinearRouter
from dualroute.model.routers.mlp import MlpRouter

ROUTER_CLASSES: dict[str, type[Router]] = {"linear": LinearRouter, "mlp": MlpRouter}


def make_router(config) -> Router:
    """The decision layer that `config.router` names."""
    return ROUTER_CLASSES[config.router](config)
