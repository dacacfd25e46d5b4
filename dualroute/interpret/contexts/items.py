"""The context is a row of items, one per line, the newest last."""

import torch

from dualroute.interpret.contexts.base import EncodedContext
from dualroute.interpret.contexts.text import text_inputs
from dualroute.interpret.encoding import EncodedText, encode_text
from dualroute.items import Item, parse_items
from dualroute.model.encoders.items import mean_state
from dualroute.model.inputs import ModelInput
from dualroute.text import clean_text


def encode(model, own: EncodedText, h: str | list[str], image) -> EncodedContext:
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
