"""The additive readout: every logit is a sum over tokens, flows and context tokens."""

import torch
from torch import nn

from dualroute.model.readers import masked_softmax


class AdditiveReadout(nn.Module):
    """logits = b + Σ_t a_t W (κ_t u_t + ρ_t O v_t), with a from u alone.

    W is used centred over the classes (each column's mean taken out, and b's), which changes no probability
    but makes contributions comparable: what lifts all classes alike contributes zero.
    """

    def __init__(self, config):
        super().__init__()
        self.num_heads = config.num_heads
        self.score = nn.Linear(config.hidden_size, 1, bias=False)
        self.merge = nn.Linear(config.hidden_size, config.hidden_size, bias=False)
        self.classify = nn.Linear(config.hidden_size, config.num_labels)

    @property
    def weight(self) -> torch.Tensor:
        """W (C,D), centred."""
        return self.classify.weight - self.classify.weight.mean(0, keepdim=True)

    @property
    def bias(self) -> torch.Tensor:
        """b (C,), centred."""
        return self.classify.bias - self.classify.bias.mean()

    def pool(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """a (B,T): softmax over the tokens of a linear score of u (B,T,D)."""
        return masked_softmax(self.score(states).squeeze(-1), mask)

    def direct_contributions(self, states, pooling) -> torch.Tensor:
        """D_t = a_t W u_t: (B,T,C)."""
        return pooling[..., None] * (states @ self.weight.T)

    def read_contributions(self, read, pooling) -> torch.Tensor:
        """Σ_s K_ts = a_t W O v_t: (B,T,C)."""
        return pooling[..., None] * (self.merge(read) @ self.weight.T)

    def context_contributions(self, attention, values, pooling) -> torch.Tensor:
        """K_ts = a_t Σ_heads α_ts W O V f(h)_s: (B,T,S,C) from α (B,H,T,S) and values (B,S,H,D/H)."""
        output = (self.weight @ self.merge.weight).unflatten(-1, (self.num_heads, -1))
        per_head = torch.einsum("bshd,chd->bshc", values, output)
        return torch.einsum("bt,bhts,bshc->btsc", pooling, attention, per_head)
