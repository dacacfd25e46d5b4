"""x is a text, h a row of items: one context token for each."""

import torch
from torch import nn

from dualroute.families.dual_route.encoders.text import TextEncoder
from dualroute.families.dual_route.inputs import Encoded

RATING_SIZE = 32


class ItemEncoder(TextEncoder):
    """What an item says is its title's state, scaled and shifted by its rating.

    h comes as hidden states (B,S,D_f+1): the mean state of the words of each item's title and, in the last column, its
    rating about zero (`items.NO_RATING` without one). A feature-wise modulation as in FiLM (Perez et al. 2018): a film
    that was liked and one that was not say opposite things of the same taste, which a rating beside the title could
    say only after a product.
    """

    def __init__(self, config):
        super().__init__(config)
        self.norm = nn.LayerNorm(config.encoder_size)
        self.modulate = nn.Sequential(
            nn.Linear(1, RATING_SIZE), nn.GELU(), nn.Linear(RATING_SIZE, 2 * config.encoder_size)
        )

    def encode_h(self, backbone, h, x):
        titles, ratings = h.hidden_states[..., :-1], h.hidden_states[..., -1:]  # (B,S,D_f), (B,S,1)
        scale, shift = self.modulate(ratings).chunk(2, dim=-1)  # (B,S,D_f) each
        return Encoded(self.norm(titles) * (1 + scale) + shift, h.attention_mask)


def mean_state(states: torch.Tensor) -> torch.Tensor:
    """(D_f,) what a title says, of the states (n,D_f) of its words."""
    return states.mean(0)
