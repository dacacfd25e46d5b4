"""What the readouts share: the exact parts a logit is made of."""

from dataclasses import dataclass

import torch


@dataclass(frozen=True, eq=False)
class Parts:
    """B batch, T tokens of x, C outputs.

    direct   (B,T,C) D;  read (B,T,C) K summed over the context
    pooling  (B,T) a, from u alone
    bias     (C,)
    mask     (B,T)
    """

    direct: torch.Tensor
    read: torch.Tensor
    pooling: torch.Tensor
    bias: torch.Tensor
    mask: torch.Tensor

    def mixed(self, kappa, rho) -> torch.Tensor:
        """κ D + ρ Σ_s K: (B,T,C) for weights (B,T), or numbers."""
        kappa, rho = (w[..., None] if isinstance(w, torch.Tensor) else w for w in (kappa, rho))
        return kappa * self.direct + rho * self.read
