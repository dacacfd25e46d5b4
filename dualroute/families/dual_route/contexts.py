"""What a person gives as h, made ready for a model: one encoder for each kind of context."""

from dataclasses import dataclass, field

import numpy as np
import torch

from dualroute.families.dual_route.encoders.items import mean_state
from dualroute.families.dual_route.encoding import EncodedText, encode_text
from dualroute.families.dual_route.inputs import ModelInput
from dualroute.inputs import Item, clean_text, from_url, open_picture, parse_items, square, to_url

URL = "data:"


@dataclass(frozen=True, eq=False)
class EncodedContext:
    """h as the model takes it and as a trace keeps it. S context tokens; none for an empty context.

    tokens        S names: words, items, patches
    inputs        fields of `ModelInput`, batches of one; empty for an empty context
    text, notes   the cleaned text, and a sentence for everything that was changed or cut
    image         the picture as the model saw it, as a `data:` URL of a PNG file; empty for texts
    encoded       the text's tokens, where the context is a text
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


def encode_context(model, own: EncodedText, h, image=None) -> EncodedContext:
    """h of one input for `model`, whose `config.context` says what it is; `own` is the encoded x.

    image  a picture (PIL), its file or its bytes, for models whose context is one; None for no picture
    Raises ValueError for a context that cannot be read, or a picture given to a model that takes none.
    """
    if image is not None and model.config.context != "image":
        raise ValueError(f"the task {model.config.task!r} takes no picture; its {model.config.h_name} is a text")
    return CONTEXTS[model.config.context](model, own, h or "", image)


def _encode_text(model, own: EncodedText, h: str, image) -> EncodedContext:
    """The words of h; an empty text is no context."""
    encoded = encode_text(model.backbone.tokenizer, h, model.config.context_max_length, model.config.h_name)
    inputs = text_inputs(encoded) if len(encoded) else {}
    return EncodedContext(encoded.tokens, inputs, encoded.text, encoded.notes, encoded=encoded)


def text_inputs(text: EncodedText) -> dict[str, torch.Tensor]:
    """A text as fields of `ModelInput`, a batch of one."""
    return {
        "input_ids": _row(text.ids),
        "attention_mask": torch.ones(1, len(text.ids), dtype=torch.long),
        "special_tokens_mask": _row(text.special),
    }


def _row(values: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(values.astype(np.int64))[None]


def _encode_items(model, own: EncodedText, h: str | list[str], image) -> EncodedContext:
    """The newest `context_max_length` items of h, a text or a list of lines; without items there is no context.

    Raises ValueError for a line whose rating is none.
    """
    name = model.config.h_name
    cleaned = clean_text(h if isinstance(h, str) else "\n".join(h), name)
    items = parse_items(cleaned.text, name)
    kept = items[-model.config.context_max_length :]
    text = "\n".join(item.name for item in items)
    inputs = item_inputs(model, kept) if kept else {}
    return EncodedContext(tuple(item.name for item in kept), inputs, text, cleaned.notes + _cut_note(items, kept, name))


@torch.no_grad()
def item_inputs(model, items: tuple[Item, ...]) -> dict[str, torch.Tensor]:
    """Items as fields of `ModelInput`, a batch of one: hidden states (1,S,D_f+1) and their mask."""
    titles = torch.stack([_title_state(model, item.title) for item in items])
    ratings = torch.tensor([[item.scaled] for item in items])
    states = torch.cat([titles, ratings], dim=1)[None]
    return {"hidden_states": states, "attention_mask": torch.ones(states.shape[:2], dtype=torch.long)}


def _title_state(model, title: str) -> torch.Tensor:
    """(D_f,)"""
    encoded = encode_text(model.backbone.tokenizer, title, model.config.max_length, "title")
    return mean_state(model.encoder.encode_text(model.backbone, ModelInput(**text_inputs(encoded))).states[0])


def _cut_note(items, kept, name: str) -> tuple[str, ...]:
    if len(items) == len(kept):
        return ()
    left = "; ".join(item.title for item in items[: len(items) - len(kept)])
    shown = left[:80] + ("…" if len(left) > 80 else "")
    return (f"The {name} was cut to its newest {len(kept):,} of {len(items):,} items. Not read: “{shown}”",)


def _encode_picture(model, own: EncodedText, h: str, image) -> EncodedContext:
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


def _encode_backward(model, own: EncodedText, h: str, image) -> EncodedContext:
    """Every word of x is its own context token; what was given as h stands in x already, see `tracing.encode_pair`."""
    return EncodedContext(own.tokens, {}, is_own=True)


CONTEXTS = {"backward": _encode_backward, "text": _encode_text, "items": _encode_items, "image": _encode_picture}
