"""The span readout: every token has a score to start and one to end the answer, each an exact sum."""

import torch
from torch import nn

from dualroute.families.dual_route.outputs import Parts
from dualroute.families.dual_route.readers import Reading, States

ENDS = ("start", "end")
FAR_BELOW = -1e4  # the score of padding: its float32 softmax is 0


class SpanReadout(nn.Module):
    """score_t = b + W (κ_t u_t + ρ_t O v_t), two numbers for each token: C = 2, start and end of the answer."""

    additive = True

    def __init__(self, config):
        super().__init__()
        self.merge = nn.Linear(config.hidden_size, config.hidden_size, bias=False)
        self.score = nn.Linear(config.hidden_size, len(ENDS))

    @property
    def bias(self) -> torch.Tensor:
        """b (2,)."""
        return self.score.bias

    def parts(self, states: States, read, mask) -> Parts:
        """Return D_t = W u_t and Σ_s K_ts = W O v_t; there is no pooling, a_t = 1."""
        direct = states.content @ self.score.weight.T
        reading = torch.zeros_like(direct) if read is None else self.merge(read) @ self.score.weight.T
        return Parts(direct, reading, mask.to(direct.dtype), self.bias, mask)

    def logits(self, parts: Parts, kappa=1.0, rho=1.0) -> torch.Tensor:
        """Return scores (B,T,2), FAR_BELOW for padding."""
        scores = parts.bias + parts.mixed(kappa, rho)
        return scores.masked_fill(parts.mask[..., None] == 0, FAR_BELOW)

    def context_contributions(self, reading: Reading, pooling) -> torch.Tensor:
        """Return K_ts = Σ_heads α_ts W O V f(h)_s, (B,T,S,2)."""
        return reading.contributions(self.score.weight @ self.merge.weight)
