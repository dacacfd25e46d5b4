"""What every decision layer shares: its view of the tokens, its granularity, its gates."""

import torch
from torch import nn


class Router(nn.Module):
    """z = decide([f(x), v]); an early router sees f(x) alone.

    A subclass defines `decide` from features (B,T,F) and mask (B,T) to router logits (B,T,Z), with Z = 1 for two flows
    and Z = 3 for three. F is `self.features`, Z is `self.outputs`.
    """

    def __init__(self, config):
        super().__init__()
        self.early = config.early
        self.sequence = config.granularity == "sequence"
        self.outputs = 1 if len(config.flows) == 2 else len(config.flows)
        self.own_norm = nn.LayerNorm(config.state_size)
        self.read_norm = None if config.early else nn.LayerNorm(config.hidden_size)
        self.features = config.state_size + (0 if config.early else config.hidden_size)

    def forward(self, hidden_states: torch.Tensor, read: torch.Tensor | None, mask: torch.Tensor) -> torch.Tensor:
        """Return router logits (B,T), for three flows (B,T,3).

        hidden_states  (B,T,D_f);  read  (B,T,D), None for an early router;  mask  (B,T)
        """
        logits = self.decide(self._view(hidden_states, read), mask)
        if self.sequence:
            weights = mask[..., None] / mask.sum(1)[:, None, None].clamp(min=1)
            logits = (logits * weights).sum(1, keepdim=True).expand_as(logits)
        return logits.squeeze(-1) if self.outputs == 1 else logits

    def _view(self, hidden_states: torch.Tensor, read: torch.Tensor | None) -> torch.Tensor:
        own = self.own_norm(hidden_states)
        return own if self.read_norm is None else torch.cat([own, self.read_norm(read)], dim=-1)

    def decide(self, features: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return router logits (B,T,Z) of features (B,T,F) and mask (B,T)."""
        raise NotImplementedError


def gates_from_logits(router_logits: torch.Tensor) -> torch.Tensor:
    """Return probabilities (B,T,R): (1 − g, g) with a sigmoid for logits (B,T), a softmax for logits (B,T,3)."""
    if router_logits.dim() == 2:
        gate = torch.sigmoid(router_logits)
        return torch.stack([1 - gate, gate], dim=-1)
    return torch.softmax(router_logits, dim=-1)
