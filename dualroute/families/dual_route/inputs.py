"""x or h as the model takes it, and both after encoding."""

from dataclasses import dataclass, fields
from typing import NamedTuple

import torch

CONTEXT = "context_"


@dataclass(frozen=True)
class ModelInput:
    """x or h of a batch: one of token ids, embeddings, states or pixels, with their masks."""

    input_ids: torch.Tensor | None = None  # (B,n)
    attention_mask: torch.Tensor | None = None  # (B,n) 1 for tokens, 0 for padding; of an image (B,1), 0 for no image
    special_tokens_mask: torch.Tensor | None = None  # (B,n) 1 for tokens that are encoded but not routed or read
    inputs_embeds: torch.Tensor | None = None  # (B,n,D_e)
    hidden_states: torch.Tensor | None = None  # (B,n,D_f) already encoded
    pixel_values: torch.Tensor | None = None  # (B,3,height,width) from 0 to 1

    @property
    def is_given(self) -> bool:
        """Whether there is anything to encode."""
        values = (self.hidden_states, self.input_ids, self.inputs_embeds, self.pixel_values)
        return any(value is not None for value in values)

    def rows(self, chosen: torch.Tensor) -> "ModelInput":
        """The rows where `chosen` (B,) is true."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return ModelInput(**{name: value[chosen] for name, value in values.items() if value is not None})

    def has_words(self, like: torch.Tensor) -> torch.Tensor:
        """(B,) bool, rows with something to read; none where nothing is given. `like` (B,…) gives B and the device."""
        if not self.is_given:
            return torch.zeros(len(like), dtype=torch.bool, device=like.device)
        special = 0 if self.special_tokens_mask is None else self.special_tokens_mask
        return (self.attention_mask * (1 - special)).sum(1) > 0


class Encoded(NamedTuple):
    """States (B,n,D) of the words of one side, and their mask (B,n)."""

    states: torch.Tensor
    mask: torch.Tensor


def split_inputs(inputs: dict) -> tuple[ModelInput, ModelInput]:
    """x and h of forward's keyword arguments. Raises TypeError for an input that the model does not have."""
    context = {name.removeprefix(CONTEXT): value for name, value in inputs.items() if name.startswith(CONTEXT)}
    return ModelInput(**{k: v for k, v in inputs.items() if not k.startswith(CONTEXT)}), ModelInput(**context)
