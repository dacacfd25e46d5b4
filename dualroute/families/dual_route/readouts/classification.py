"""The additive readout: every logit is a sum over tokens, flows and context tokens."""

import torch
from torch import nn

from dualroute.families.dual_route.outputs import Parts
from dualroute.families.dual_route.readers import Reading, States, masked_softmax


class ClassificationReadout(nn.Module):
    """logits = b + Σ_t a_t W (κ_t u_t + ρ_t O v_t), with a from the states of x alone.

    W and b are centred over the classes: each column has mean 0. This changes no probability and makes contributions
    comparable: a contribution that would raise all classes equally is zero.
    """

    additive = True

    def __init__(self, config):
        super().__init__()
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
        """Return a (B,T), the softmax over the tokens of a linear score of u (B,T,D)."""
        return masked_softmax(self.score(states).squeeze(-1), mask)

    def parts(self, states: States, read, mask) -> Parts:
        """Return D_t = a_t W u_t and Σ_s K_ts = a_t W O v_t of contents u (B,T,D) and read v (B,T,D), None for v = 0.

        a_t comes from the control states.
        """
        pooling = self.pool(states.control, mask)
        direct = pooling[..., None] * (states.content @ self.weight.T)
        reading = torch.zeros_like(direct) if read is None else pooling[..., None] * (self.merge(read) @ self.weight.T)
        return Parts(direct, reading, pooling, self.bias, mask)

    def logits(self, parts: Parts, kappa=1.0, rho=1.0) -> torch.Tensor:
        """Return logits (B,C)."""
        return parts.bias + parts.mixed(kappa, rho).sum(1)

    def context_contributions(self, reading: Reading, pooling) -> torch.Tensor:
        """Return K_ts = a_t Σ_heads α_ts W O V f(h)_s, (B,T,S,C)."""
        return pooling[..., None, None] * reading.contributions(self.weight @ self.merge.weight)
