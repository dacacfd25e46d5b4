"""The context is a text."""

import numpy as np
import torch

from dualroute.interpret.contexts.base import EncodedContext
from dualroute.interpret.encoding import EncodedText, encode_text


def encode(model, own: EncodedText, h: str, image) -> EncodedContext:
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
