"""What a token reads from the context."""

import torch
from torch import nn

from dualroute.config import DualRouteConfig


class TokenState(nn.Module):
    """φ: an encoder's hidden state (..., D_f) to a model state (..., D). Normalisation belongs in here."""

    def __init__(self, config: DualRouteConfig):
        super().__init__()
        self.layers = nn.Sequential(
            nn.LayerNorm(config.encoder_size),
            nn.Linear(config.encoder_size, config.hidden_size),
            nn.GELU(),
            nn.Dropout(config.dropout),
            nn.Linear(config.hidden_size, config.hidden_size),
            nn.LayerNorm(config.hidden_size),
        )

    def forward(self, hidden_states: torch.Tensor) -> torch.Tensor:
        return self.layers(hidden_states)


class ContextReader(nn.Module):
    """Cross-attention from the tokens of x to the tokens of h: α and V f(h)_s, kept apart.

    The values are never mixed here: keeping α (B,H,T,S) and the values (B,S,H,D/H) separate is what makes the
    contribution of every context token exact. A row without context reads nothing: α = 0.
    """

    def __init__(self, config: DualRouteConfig):
        super().__init__()
        self.num_heads = config.num_heads
        self.query = nn.Linear(config.hidden_size, config.hidden_size)
        self.key = nn.Linear(config.hidden_size, config.hidden_size)
        self.value = nn.Linear(config.hidden_size, config.hidden_size)

    def forward(self, states: torch.Tensor, context: torch.Tensor, context_mask: torch.Tensor):
        """states (B,T,D), context (B,S,D), context_mask (B,S) -> α (B,H,T,S), values (B,S,H,D/H)."""
        query, key = self._split(self.query(states)), self._split(self.key(context))
        scores = torch.einsum("bthd,bshd->bhts", query, key) / query.shape[-1] ** 0.5
        return masked_softmax(scores, context_mask[:, None, None, :]), self._split(self.value(context))

    def _split(self, states: torch.Tensor) -> torch.Tensor:
        return states.unflatten(-1, (self.num_heads, -1))


def read(attention: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """v_t = Σ_s α_ts V f(h)_s: α (B,H,T,S), values (B,S,H,D/H) -> (B,T,D)."""
    return torch.einsum("bhts,bshd->bthd", attention, values).flatten(2)


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Softmax over the last axis where `mask` is 1; all zeros, with zero gradient, where nothing is left."""
    mask = mask.bool()
    weights = torch.softmax(scores.masked_fill(~mask, torch.finfo(scores.dtype).min), dim=-1)
    return weights.masked_fill(~mask, 0.0)
