"""Decision layers, by the name a config gives them."""

from dualroute.families.dual_route.routers.attention import AttentionRouter
from dualroute.families.dual_route.routers.base import Router
from dualroute.families.dual_route.routers.conv import ConvRouter
from dualroute.families.dual_route.routers.linear import LinearRouter
from dualroute.families.dual_route.routers.mlp import MlpRouter
from dualroute.families.dual_route.routers.recurrent import RecurrentRouter

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
