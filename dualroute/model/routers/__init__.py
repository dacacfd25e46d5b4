"""Decision layers, by the name a config gives them."""

from dualroute.model.routers.attention import AttentionRouter
from dualroute.model.routers.base import Router
from dualroute.model.routers.conv import ConvRouter
from dualroute.model.routers.linear import LinearRouter
from dualroute.model.routers.mlp import MlpRouter
from dualroute.model.routers.recurrent import RecurrentRouter

ROUTER_CLASSES: dict[str, type[Router]] = {
    "linear": LinearRouter,
    "mlp": MlpRouter,
    "conv": ConvRouter,
    "recurrent": RecurrentRouter,
    "attention": AttentionRouter,
}


def make_router(config) -> Router:
    """The decision layer that `config.router` names."""
    return ROUTER_CLASSES[config.router](config)
