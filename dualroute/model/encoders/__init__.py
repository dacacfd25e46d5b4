"""Encoders of x and h, one file each, by what the context is."""

from dualroute.model.encoders.base import PairEncoder
from dualroute.model.encoders.image import ImageEncoder
from dualroute.model.encoders.items import ItemEncoder
from dualroute.model.encoders.recurrent import RecurrentEncoder
from dualroute.model.encoders.text import TextEncoder

ENCODER_CLASSES: dict[str, type[PairEncoder]] = {
    "text": TextEncoder,
    "items": ItemEncoder,
    "image": ImageEncoder,
    "backward": RecurrentEncoder,
}


def make_encoder(config) -> PairEncoder:
    """The encoder that `config.context` names."""
    return ENCODER_CLASSES[config.context](config)
