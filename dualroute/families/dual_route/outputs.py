"""Named outputs of the model, and the exact parts of its logits."""

from dataclasses import dataclass
from typing import Any

import torch
from transformers.utils import ModelOutput

PRESENT: Any = None  # ModelOutput requires a default of None also for fields that are always present


@dataclass(frozen=True, eq=False)
class Parts:
    """Parts of the logits of a batch of B rows: T tokens of x, C outputs.

    direct   (B,T,C) D
    read     (B,T,C) K summed over the context
    pooling  (B,T) a, which depends on u alone
    bias     (C,)
    mask     (B,T)
    """

    direct: torch.Tensor
    read: torch.Tensor
    pooling: torch.Tensor
    bias: torch.Tensor
    mask: torch.Tensor

    def mixed(self, kappa, rho) -> torch.Tensor:
        """Return κ D + ρ Σ_s K (B,T,C) for weights (B,T) or numbers."""
        kappa, rho = (w[..., None] if isinstance(w, torch.Tensor) else w for w in (kappa, rho))
        return kappa * self.direct + rho * self.read

    def reading_effects(self, reads: torch.Tensor) -> torch.Tensor:
        """Return what each token's reading adds to the probability of each class, (B,T,C) from −1 to 1.

        reads  (B,T) of 0 and 1, which other tokens read
        """
        logits = (self.bias + self.mixed(1.0, reads).sum(1))[:, None]  # (B,1,C)
        with_it, without = ((logits + (now - reads)[..., None] * self.read).softmax(-1) for now in (1.0, 0.0))
        return with_it - without


@dataclass
class DualRouteOutput(ModelOutput):
    """Results of one forward pass. B batch, T tokens of x, S tokens of h, C outputs, R flows.

    logits                (B,C) of the routed output; (B,T,2) for spans, starts and ends
    direct_logits         (B,C) with every token on the direct flow
    merged_logits         (B,C) with every token on the merged flow
    router_logits         (B,T) for two flows, (B,T,3) for three
    gates                 (B,T,R) the router's probability of each flow
    flow_weights          (B,T,R) after policy and overrides
    pooling               (B,T) weight a_t of each token in the readout; sums to 1 over x, or is 1 for spans
    attentions            (B,T,S) mean over heads of the context reader; rows sum to 1, or to 0 without context
    direct_contributions  (B,T,C) D
    read_contributions    (B,T,C) K summed over the context
    context_contributions (B,T,S,C) K, only with `output_contributions`
    bias                  (C,)
    mask, context_mask    (B,T) and (B,S), 1 for words
    direct_states, read_states  (B,T,D) u and O v, only for a readout that writes texts, which has no logits
    """

    logits: torch.Tensor | None = None
    direct_logits: torch.Tensor | None = None
    merged_logits: torch.Tensor | None = None
    router_logits: torch.Tensor = PRESENT
    gates: torch.Tensor = PRESENT
    flow_weights: torch.Tensor = PRESENT
    pooling: torch.Tensor | None = None
    attentions: torch.Tensor = PRESENT
    direct_contributions: torch.Tensor | None = None
    read_contributions: torch.Tensor | None = None
    context_contributions: torch.Tensor | None = None
    bias: torch.Tensor | None = None
    mask: torch.Tensor = PRESENT
    context_mask: torch.Tensor = PRESENT
    direct_states: torch.Tensor | None = None
    read_states: torch.Tensor | None = None

    @property
    def parts(self) -> Parts:
        """The exact parts of the logits. Raises ValueError for a readout that writes a text."""
        direct, read, pooling, bias = self.direct_contributions, self.read_contributions, self.pooling, self.bias
        if direct is None or read is None or pooling is None or bias is None:
            raise ValueError("a written text is no sum of contributions")
        return Parts(direct, read, pooling, bias, self.mask)

    @property
    def states(self) -> tuple[torch.Tensor, torch.Tensor]:
        """u and O v, (B,T,D) each. Raises ValueError for a readout that writes no text."""
        if self.direct_states is None or self.read_states is None:
            raise ValueError("the output of this readout holds no states")
        return self.direct_states, self.read_states


@dataclass
class GenerationOutput(ModelOutput):
    """Texts of a readout that writes. B batch, N pieces at most, T tokens of x, R flows.

    sequences     (B,N) token ids, −1 after the last
    scores        (B,) log-probability of the text and its end, divided by length ** 0.8
    flow_weights  (B,T,R) after policy and overrides
    """

    sequences: torch.Tensor
    scores: torch.Tensor = PRESENT
    flow_weights: torch.Tensor = PRESENT


@dataclass
class PredictionOutput(ModelOutput):
    """Decision and logits without their parts. B batch, T tokens of x, C classes, R flows.

    logits           (B,C) of the routed output
    flow_weights     (B,T,R) after policy and overrides
    context_encoded  (B,) bool, rows whose f(h) was computed
    """

    logits: torch.Tensor
    flow_weights: torch.Tensor = PRESENT
    context_encoded: torch.Tensor = PRESENT
