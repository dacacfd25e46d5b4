"""x is a text; h is a list of items, one context token each."""

import torch
from torch import nn

from dualroute.families.dual_route.encoders.text import TextEncoder
from dualroute.families.dual_route.inputs import Encoded
from dualroute.inputs import CleanText, Item, clean_text, parse_items

RATING_SIZE = 32


class ItemEncoder(TextEncoder):
    """The state of an item is the state of its title, scaled and shifted by its rating.

    h comes as hidden states (B,S,D_f+1): the mean state of the words of each item's title and, in the last column, its
    rating around zero (`inputs.NO_RATING` without one). This is a feature-wise modulation as in FiLM (Perez et al.
    2018): a film that somebody liked and one that they disliked say opposite things about the same taste, and only a
    product of rating and title can express that.
    """

    def __init__(self, config):
        super().__init__(config)
        self.norm = nn.LayerNorm(config.encoder_size)
        self.modulate = nn.Sequential(
            nn.Linear(1, RATING_SIZE), nn.GELU(), nn.Linear(RATING_SIZE, 2 * config.encoder_size)
        )

    def encode_h(self, backbone, h, x):
        if h.hidden_states is None:
            raise ValueError("the context of this model is a list of items: their hidden_states are missing")
        titles, ratings = h.hidden_states[..., :-1], h.hidden_states[..., -1:]  # (B,S,D_f), (B,S,1)
        scale, shift = self.modulate(ratings).chunk(2, dim=-1)  # (B,S,D_f) each
        return Encoded(self.norm(titles) * (1 + scale) + shift, h.mask)


def read_items(h: str, name: str) -> tuple[tuple[Item, ...], CleanText]:
    """Return all items of h, oldest first, and the cleaned text; raise ValueError for a line with an invalid rating."""
    cleaned = clean_text(h, name)
    return parse_items(cleaned.text, name), cleaned


def mean_state(states: torch.Tensor) -> torch.Tensor:
    """Return the state (D_f,) of a title from the states (n,D_f) of its words; zeros for a title without words."""
    return states.mean(0) if len(states) else states.new_zeros(states.shape[-1])
