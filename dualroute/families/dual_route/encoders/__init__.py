"""Encoders of x and h, by the kind of context."""

from dualroute.families.dual_route.encoders.base import PairEncoder
from dualroute.families.dual_route.encoders.image import ImageEncoder
from dualroute.families.dual_route.encoders.items import ItemEncoder
from dualroute.families.dual_route.encoders.recurrent import RecurrentEncoder
from dualroute.families.dual_route.encoders.text import TextEncoder

ENCODER_CLASSES: dict[str, type[PairEncoder]] = {
    "text": TextEncoder,
    "items": ItemEncoder,
    "image": ImageEncoder,
    "backward": RecurrentEncoder,
}


def make_encoder(config) -> PairEncoder:
    """Return a new encoder for the context `config.context`."""
    return ENCODER_CLASSES[config.context](config)
