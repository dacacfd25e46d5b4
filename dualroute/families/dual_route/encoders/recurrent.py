"""f(x): the forward pass of a recurrent encoder over x; f(h): the backward pass over the same words."""

import torch
from torch import nn

from dualroute.families.dual_route.backbone import FrozenBackbone, keep_words
from dualroute.families.dual_route.encoders.base import PairEncoder
from dualroute.families.dual_route.inputs import Encoded, ModelInput

CELLS = {"gru": nn.GRU, "lstm": nn.LSTM}


class RecurrentEncoder(PairEncoder):
    """Two passes over the backbone's word embeddings, each with its own weights: S = T.

    A state of the forward pass depends on the words up to its own, a state of the backward pass on its own and the
    words after it. Neither pass sees special tokens.
    """

    context_in_x = True

    def __init__(self, config):
        super().__init__(config)
        self.size = self.context_size = config.recurrent_size
        cell = CELLS[config.recurrent_cell]
        self.project = nn.Sequential(
            nn.Linear(config.encoder_size, config.recurrent_size), nn.GELU(), nn.Dropout(config.dropout)
        )
        self.onward = cell(config.recurrent_size, config.recurrent_size, batch_first=True)
        self.backward_pass = cell(config.recurrent_size, config.recurrent_size, batch_first=True)

    def encode_x(self, backbone, x):
        words, mask = self._words(backbone, x)
        return Encoded(self.onward(words)[0], mask)

    def encode_h(self, backbone, h, x):
        """Return the states of the backward pass. h has only a mask, (B,1) or (B,T): 0 removes a row or a state."""
        words, mask = self._words(backbone, x)
        states, _ = self.backward_pass(reverse(words, mask))
        remaining = mask if h.attention_mask is None else mask * h.attention_mask
        return Encoded(reverse(states, mask), remaining)

    def _words(self, backbone: FrozenBackbone | None, x: ModelInput) -> tuple[torch.Tensor, torch.Tensor]:
        """Return projected embeddings (B,T,recurrent_size) of the words, and their mask (B,T)."""
        embeds, mask = x.inputs_embeds, x.mask
        if embeds is None:
            if backbone is None or x.input_ids is None:
                raise ValueError("a recurrent encoder starts from token ids or embeddings, not from hidden states")
            embeds = backbone.embed(x.input_ids)
        if x.special_tokens_mask is not None:
            embeds, mask = keep_words(embeds, mask, x.special_tokens_mask)
        return self.project(embeds), mask


def reverse(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return the words of every row of states (B,T,D) in reverse order; padding, `mask` (B,T) = 0, stays at the end."""
    places = torch.arange(mask.shape[1], device=mask.device).expand_as(mask)  # (B,T)
    order = torch.where(mask.bool(), mask.sum(1, keepdim=True) - 1 - places, places)
    return states.gather(1, order[..., None].expand_as(states))
