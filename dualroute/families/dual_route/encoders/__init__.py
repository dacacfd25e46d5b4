"""Encoders of x and h, one file each, by what the context is."""

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
    """The encoder that `config.context` names."""
    return ENCODER_CLASSES[config.context](config)
