"""How a token reads from the context."""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import nn

from dualroute.families.dual_route.config import DualRouteConfig


class States(NamedTuple):
    """Model states (B,n,D) of the tokens of x or of h.

    control  weighs: queries, keys, pooling
    content  is what is added up: u, and the values of what is read
    """

    control: torch.Tensor
    content: torch.Tensor


class TokenState(nn.Module):
    """φ from an encoder's states (B,n,size) to model states (B,n,D). All normalisation belongs in here.

    with_content  the encoder's states are (B,n,2·size): those of the content layer stand behind, and get a φ of their
                  own, whose result is not normalised, so that a word may say little. Without it, one state of a token
                  is both its control and its content
    """

    def __init__(self, config: DualRouteConfig, size: int, with_content: bool = False):
        super().__init__()
        self.size = size
        wide = config.hidden_size
        self.layers = nn.Sequential(
            nn.LayerNorm(size),
            nn.Linear(size, wide),
            nn.GELU(),
            nn.Dropout(config.dropout),
            nn.Linear(wide, wide),
            nn.LayerNorm(wide),
        )
        self.content = None
        if with_content:
            self.content = nn.Sequential(
                nn.LayerNorm(size),
                nn.Dropout(config.dropout),
                nn.Linear(size, wide),
                nn.GELU(),
                nn.Dropout(config.dropout),
                nn.Linear(wide, wide),
            )

    def forward(self, hidden_states: torch.Tensor) -> States:
        if self.content is None:
            state = self.layers(hidden_states)
            return States(state, state)
        return States(self.layers(hidden_states[..., : self.size]), self.content(hidden_states[..., self.size :]))


@dataclass(frozen=True, eq=False)
class Reading:
    """What every token reads, separate for each context token, so that contributions stay exact.

    attention  (B,H,T,S) α; rows sum to 1, or to 0 without a context
    values     (B,S,H,D/H) V f(h)_s
    scale      (B,T,H,D/H) factor of a token for everything it reads, or None
    """

    attention: torch.Tensor
    values: torch.Tensor
    scale: torch.Tensor | None = None

    @property
    def read(self) -> torch.Tensor:
        """v_t = Σ_s α_ts V f(h)_s, times the token's own scale: (B,T,D)."""
        mixed = torch.einsum("bhts,bshd->bthd", self.attention, self.values)
        return (mixed if self.scale is None else mixed * self.scale).flatten(2)

    def contributions(self, output: torch.Tensor) -> torch.Tensor:
        """Return what each context token adds to v mapped by `output` (C,D): (B,T,S,C), with sum v output^T over S."""
        output = output.unflatten(-1, (self.values.shape[2], -1))  # (C,H,D/H)
        if self.scale is None:
            per_head = torch.einsum("bshd,chd->bshc", self.values, output)
            return torch.einsum("bhts,bshc->btsc", self.attention, per_head)
        scaled = torch.einsum("bthd,chd->bthcd", self.scale, output)
        return torch.einsum("bhts,bthcd,bshd->btsc", self.attention, scaled, self.values)


class ContextReader(nn.Module):
    """Cross-attention from the tokens of x to the tokens of h. A row without context reads nothing: α = 0."""

    def __init__(self, config: DualRouteConfig):
        super().__init__()
        self.num_heads = config.num_heads
        self.query = nn.Linear(config.hidden_size, config.hidden_size)
        self.key = nn.Linear(config.hidden_size, config.hidden_size)
        self.value = nn.Linear(config.hidden_size, config.hidden_size)

    def forward(self, states: States, context: States, context_mask: torch.Tensor) -> Reading:
        """Return what T tokens with `states` read from S tokens with states `context` and mask (B,S)."""
        query, key = self._split(self.query(states.control)), self._split(self.key(context.control))
        scores = torch.einsum("bthd,bshd->bhts", query, key) / query.shape[-1] ** 0.5
        return Reading(masked_softmax(scores, context_mask[:, None, None, :]), self._split(self.value(context.content)))

    def _split(self, states: torch.Tensor) -> torch.Tensor:
        return states.unflatten(-1, (self.num_heads, -1))


class BilinearReader(ContextReader):
    """A token multiplies what it reads, element by element: v_t = (1 + A u_t) ⊙ Σ_s α_ts V f(h)_s.

    The product can express whether a word of x and a word of h belong together. Attention weights sum to one and
    cannot. It is still a sum over s, so contributions stay exact.
    """

    def __init__(self, config: DualRouteConfig):
        super().__init__(config)
        self.ask = nn.Linear(config.hidden_size, config.hidden_size)

    def forward(self, states, context, context_mask):
        reading = super().forward(states, context, context_mask)
        return Reading(reading.attention, reading.values, 1 + self._split(self.ask(states.control)))


class DiagonalReader(nn.Module):
    """Every token reads the context state at its own position: α is the identity. S = T, up to padding."""

    def __init__(self, config: DualRouteConfig):
        super().__init__()
        self.value = nn.Linear(config.hidden_size, config.hidden_size)

    def forward(self, states, context, context_mask):
        own, other = states.control, context.content
        own_position = torch.eye(own.shape[1], other.shape[1], dtype=own.dtype, device=own.device)  # (T,S)
        return Reading((own_position * context_mask[:, None])[:, None], self.value(other)[:, :, None])


READER_CLASSES = {"attention": ContextReader, "bilinear": BilinearReader, "diagonal": DiagonalReader}


def make_reader(config) -> nn.Module:
    """Return a new reader of the kind `config.reader`."""
    return READER_CLASSES[config.reader](config)


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return the softmax over the last axis where `mask` is 1; zeros, with zero gradient, if `mask` is 0 everywhere."""
    mask = mask.bool()
    weights = torch.softmax(scores.masked_fill(~mask, torch.finfo(scores.dtype).min), dim=-1)
    return weights.masked_fill(~mask, 0.0)
