"""Named outputs of the model."""

from dataclasses import dataclass

import torch
from transformers.utils import ModelOutput


@dataclass
class DualRouteOutput(ModelOutput):
    """What one forward pass says. B batch, T tokens of x, S tokens of h, C outputs, R flows.

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
    context_contributions (B,T,S,C) K, when asked for
    bias                  (C,)
    mask, context_mask    (B,T) and (B,S), 1 for words
    direct_states, read_states  (B,T,D) u and O v, for a readout that generates: it has no logits and contributions
    """

    logits: torch.Tensor | None = None
    direct_logits: torch.Tensor | None = None
    merged_logits: torch.Tensor | None = None
    router_logits: torch.Tensor | None = None
    gates: torch.Tensor | None = None
    flow_weights: torch.Tensor | None = None
    pooling: torch.Tensor | None = None
    attentions: torch.Tensor | None = None
    direct_contributions: torch.Tensor | None = None
    read_contributions: torch.Tensor | None = None
    context_contributions: torch.Tensor | None = None
    bias: torch.Tensor | None = None
    mask: torch.Tensor | None = None
    context_mask: torch.Tensor | None = None
    direct_states: torch.Tensor | None = None
    read_states: torch.Tensor | None = None


@dataclass
class GenerationOutput(ModelOutput):
    """What a generator wrote. B batch, N pieces at most, T tokens of x, R flows.

    sequences     (B,N) token ids, -1 behind the last
    scores        (B,) log-probability of the text and its end, divided by length ** 0.8
    flow_weights  (B,T,R) after policy and overrides
    """

    sequences: torch.Tensor | None = None
    scores: torch.Tensor | None = None
    flow_weights: torch.Tensor | None = None


@dataclass
class PredictionOutput(ModelOutput):
    """What predicting says: the decision and its outcome, not their parts. B batch, T tokens of x, C classes, R flows.

    logits           (B,C) of the routed output
    flow_weights     (B,T,R) after policy and overrides
    context_encoded  (B,) bool, rows whose f(h) was asked for
    """

    logits: torch.Tensor | None = None
    flow_weights: torch.Tensor | None = None
    context_encoded: torch.Tensor | None = None
