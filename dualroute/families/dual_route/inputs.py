"""x and h as the encoders read them, and after encoding."""

from dataclasses import dataclass, fields
from typing import NamedTuple

import torch

CONTEXT = "context_"


@dataclass(frozen=True)
class ModelInput:
    """x or h of a batch: token ids, embeddings, states or pixels, with their masks; all None for no context."""

    input_ids: torch.Tensor | None = None  # (B,n)
    attention_mask: torch.Tensor | None = None  # (B,n) 1 for tokens, 0 for padding; (B,1) for an image, 0 for none
    special_tokens_mask: torch.Tensor | None = None  # (B,n) 1 for tokens that are encoded but not routed or read
    inputs_embeds: torch.Tensor | None = None  # (B,n,D_e)
    hidden_states: torch.Tensor | None = None  # (B,n,D_f) already encoded
    pixel_values: torch.Tensor | None = None  # (B,3,height,width) from 0 to 1

    @property
    def has_content(self) -> bool:
        """Whether there is anything to encode."""
        values = (self.hidden_states, self.input_ids, self.inputs_embeds, self.pixel_values)
        return any(value is not None for value in values)

    @property
    def mask(self) -> torch.Tensor:
        """The attention mask. Raises ValueError where there is none."""
        if self.attention_mask is None:
            raise ValueError("the input has no attention mask")
        return self.attention_mask

    def rows(self, selected: torch.Tensor) -> "ModelInput":
        """Return the rows where `selected` (B,) is true."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return ModelInput(**{name: value[selected] for name, value in values.items() if value is not None})

    def has_words(self, like: torch.Tensor) -> torch.Tensor:
        """Return (B,) bool: which rows have a word to read. `like` (B,…) gives B and the device."""
        if not self.has_content:
            return torch.zeros(len(like), dtype=torch.bool, device=like.device)
        special = 0 if self.special_tokens_mask is None else self.special_tokens_mask
        return (self.mask * (1 - special)).sum(1) > 0


class Encoded(NamedTuple):
    """States (B,n,D) of the words of x or of h, and their mask (B,n)."""

    states: torch.Tensor
    mask: torch.Tensor


def split_inputs(inputs: dict) -> tuple[ModelInput, ModelInput]:
    """Return x and h from the keyword arguments of `forward`; raise TypeError for an unknown name."""
    context = {name.removeprefix(CONTEXT): value for name, value in inputs.items() if name.startswith(CONTEXT)}
    return ModelInput(**{k: v for k, v in inputs.items() if not k.startswith(CONTEXT)}), ModelInput(**context)
