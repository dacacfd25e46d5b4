"""The context is a picture, cut into patches."""

import numpy as np
import torch

from dualroute.images import from_url, open_picture, square, to_url
from dualroute.interpret.contexts.base import EncodedContext
from dualroute.interpret.encoding import EncodedText

URL = "data:"


def encode(model, own: EncodedText, h: str, image) -> EncodedContext:
    """The picture as the model sees it: `image_size` pixels square, `patches`² context tokens in reading order.

    image  a picture (PIL), its file or its bytes; None: h is a `data:` URL of one, or empty for no picture
    Raises ValueError for a picture that cannot be read, or a text in its place.
    """
    config = model.config
    source = h.strip() if image is None else image
    if isinstance(source, str) and (image is None or source.startswith(URL)):
        source = from_url(source, config.h_name) if source else None
    if source is None:
        return EncodedContext((), {})
    picture = open_picture(source, config.h_name)
    pixels = square(picture, config.image_size)
    notes = _size_note(picture.size, config.image_size, config.h_name)
    if image is not None and h.strip() and not h.strip().startswith(URL):
        notes += (f"A text beside the {config.h_name} was not read.",)
    return EncodedContext(patch_names(config.patches), image_inputs(pixels), notes=notes, image=to_url(pixels))


def image_inputs(pixels: np.ndarray) -> dict[str, torch.Tensor]:
    """A picture (height, width, 3) uint8 as fields of `ModelInput`, a batch of one."""
    values = torch.from_numpy(pixels.astype(np.float32) / 255).permute(2, 0, 1)[None]
    return {"pixel_values": values, "attention_mask": torch.ones(1, 1, dtype=torch.long)}


def patch_names(patches: int) -> tuple[str, ...]:
    """The places of patches² patches in reading order, for people: counted from 1."""
    counted = range(1, patches + 1)
    return tuple(f"row {row}, column {column}" for row in counted for column in counted)


def _size_note(size: tuple[int, int], taken: int, name: str) -> tuple[str, ...]:
    if size == (taken, taken):
        return ()
    bands = "" if size[0] == size[1] else ", with white bands at two sides"
    return (f"The {name} of {size[0]:,} × {size[1]:,} pixels was read at {taken} × {taken}{bands}.",)
