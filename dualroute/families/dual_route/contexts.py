"""Contexts as a model reads them: one function for each kind of context, from what a person typed or uploaded."""

from dataclasses import dataclass, field

import numpy as np
import torch

from dualroute.families.dual_route.encoders.items import mean_state, read_items
from dualroute.families.dual_route.encoding import EncodedText, encode_text
from dualroute.families.dual_route.inputs import ModelInput
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.inputs import Item, from_url, open_picture, square, to_url
from dualroute.values import shown

URL = "data:"


@dataclass(frozen=True, eq=False)
class EncodedContext:
    """h as input of the model and as part of a trace. S context tokens, 0 for an empty context.

    tokens        S names: words, items or patches
    inputs        fields of `ModelInput`, batches of one; empty for an empty context
    text, notes   the cleaned text, and a sentence for every change or cut
    image         the picture as the model reads it, as a `data:` URL of a PNG file; empty for other contexts
    encoded       the tokens of a context that is a text; None for other contexts
    is_own        whether the context tokens are those of x itself
    """

    tokens: tuple[str, ...]
    inputs: dict[str, torch.Tensor]
    text: str = ""
    notes: tuple[str, ...] = ()
    image: str = ""
    encoded: EncodedText | None = field(default=None, repr=False)
    is_own: bool = False

    def __len__(self) -> int:
        return len(self.tokens)


def encode_context(model: DualRouteModel, own: EncodedText, h, image=None) -> EncodedContext:
    """Return h for `model` as its `config.context` requires; `own` is the encoded x.

    image  a picture (PIL), its file or its bytes, for models whose context is a picture; None for no picture
    Raises ValueError for an unreadable context, or a picture for another kind of context.
    """
    if image is not None and not model.config.h_is_image:
        raise ValueError(f"the task {model.config.task!r} takes no picture; its {model.config.h_name} is a text")
    return CONTEXT_ENCODERS[model.config.context](model, own, context_text(h), image)


def context_text(h: object) -> str:
    """Return h as a text: None is an empty one, a list has a line for each of its texts.

    Raises ValueError for anything else.
    """
    if h is None:
        return ""
    if isinstance(h, list | tuple) and all(isinstance(line, str) for line in h):
        return "\n".join(h)
    if not isinstance(h, str):
        raise ValueError(f"h must be a text, a list of lines, or None, not {shown(h)}")
    return h


def _encode_text(model: DualRouteModel, own: EncodedText, h: str, image) -> EncodedContext:
    """The words of h; an empty text is an empty context."""
    encoded = encode_text(model.backbone.tokenizer, h, model.config.context_max_length, model.config.h_name)
    inputs = text_inputs(encoded) if len(encoded) else {}
    return EncodedContext(encoded.tokens, inputs, encoded.text, encoded.notes, encoded=encoded)


def text_inputs(text: EncodedText) -> dict[str, torch.Tensor]:
    """Return a text as fields of `ModelInput`, a batch of one."""
    return {
        "input_ids": _row(text.ids),
        "attention_mask": torch.ones(1, len(text.ids), dtype=torch.long),
        "special_tokens_mask": _row(text.special),
    }


def _row(values: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(values.astype(np.int64))[None]


def _encode_items(model: DualRouteModel, own: EncodedText, h: str, image) -> EncodedContext:
    """The newest `context_max_length` items of h, one a line; no items are an empty context.

    Raises ValueError for a line with an invalid rating.
    """
    name = model.config.h_name
    items, cleaned = read_items(h, name)
    newest = items[-model.config.context_max_length :]
    text = "\n".join(item.name for item in items)
    inputs = item_inputs(model, newest) if newest else {}
    notes = cleaned.notes + _cut_note(items, newest, name)
    return EncodedContext(tuple(item.name for item in newest), inputs, text, notes)


@torch.no_grad()
def item_inputs(model: DualRouteModel, items: tuple[Item, ...]) -> dict[str, torch.Tensor]:
    """Return items as fields of `ModelInput`, a batch of one: hidden states (1,S,D_f+1) and their mask."""
    titles = torch.stack([_title_state(model, item.title) for item in items])
    ratings = torch.tensor([[item.scaled] for item in items])
    states = torch.cat([titles, ratings], dim=1)[None]
    return {"hidden_states": states, "attention_mask": torch.ones(states.shape[:2], dtype=torch.long)}


def _title_state(model: DualRouteModel, title: str) -> torch.Tensor:
    """The state (D_f,) of a title."""
    encoded = encode_text(model.backbone.tokenizer, title, model.config.max_length, "title")
    if not len(encoded):
        return mean_state(torch.zeros(0, model.config.encoder_size))
    states = model.encode_x(ModelInput(**text_inputs(encoded))).states[0]
    return mean_state(states[:, : model.config.encoder_size])  # without those of a content layer


def _cut_note(items: tuple[Item, ...], newest: tuple[Item, ...], name: str) -> tuple[str, ...]:
    if len(items) == len(newest):
        return ()
    rest = "; ".join(item.title for item in items[: len(items) - len(newest)])
    shown = rest[:80] + ("…" if len(rest) > 80 else "")
    return (f"The {name} was cut to its newest {len(newest):,} of {len(items):,} items. Not read: “{shown}”",)


def _encode_picture(model: DualRouteModel, own: EncodedText, h: str, image) -> EncodedContext:
    """The picture as a square of `image_size` pixels: `patches`² context tokens in reading order.

    image  a picture (PIL), its file or its bytes; None if h is the `data:` URL of a picture, or empty for no picture
    Raises ValueError for an unreadable picture, or a text in its place.
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
    """Return a picture (height,width,3) uint8 as fields of `ModelInput`, a batch of one."""
    values = torch.from_numpy(pixels.astype(np.float32) / 255).permute(2, 0, 1)[None]
    return {"pixel_values": values, "attention_mask": torch.ones(1, 1, dtype=torch.long)}


def patch_names(patches: int) -> tuple[str, ...]:
    """Return names of patches² patches in reading order; rows and columns count from 1."""
    numbers = range(1, patches + 1)
    return tuple(f"row {row}, column {column}" for row in numbers for column in numbers)


def _size_note(size: tuple[int, int], side: int, name: str) -> tuple[str, ...]:
    if size == (side, side):
        return ()
    bands = "" if size[0] == size[1] else ", with white bands at two sides"
    return (f"The {name} of {size[0]:,} × {size[1]:,} pixels was read at {side} × {side}{bands}.",)


def _encode_backward(model: DualRouteModel, own: EncodedText, h: str, image) -> EncodedContext:
    """Every word of x is its own context token; x contains h already, see `tracing.encode_pair`."""
    return EncodedContext(own.tokens, {}, is_own=True)


CONTEXT_ENCODERS = {
    "backward": _encode_backward,
    "text": _encode_text,
    "items": _encode_items,
    "image": _encode_picture,
}
