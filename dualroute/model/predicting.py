"""Predicting without tracing: an early router decides first, and only the rows that ask have their context encoded.

Conditional computation as in CoLT5 (Ainslie et al. 2023), where the expensive branch runs for the routed tokens only.
Here the branch is the encoder of h, which is shared by all tokens of a row: it is saved where no token of the row asks.
"""

from dataclasses import replace

import torch

from dualroute.model.inputs import ModelInput, split_inputs
from dualroute.model.routers.base import gates_from_logits
from dualroute.outputs import PredictionOutput
from dualroute.policies import parts


@torch.no_grad()
def predict(model, policy=None, threshold=None, overrides=None, route=None, **inputs) -> PredictionOutput:
    """What `model.forward` with the same arguments decides, at no more cost than the decision needs.

    An early router (`config.early`) has f(h) computed for those rows alone in which a token reads, ρ > 0. Any other
    router sees what every token reads, so that it needs f(h) to decide: forward is run.
    Raises TypeError for an input that forward does not have, ValueError for a model whose readout has no logits.
    """
    if not model.readout.additive:
        raise ValueError("a model that generates has no logits to predict; use model.generate")
    x, h = split_inputs(inputs)
    if not model.config.early:
        output = model(**inputs, policy=policy, threshold=threshold, overrides=overrides, route=route)
        given = h.is_given or model.encoder.context_in_x
        encoded = torch.full((len(output.gates),), given, dtype=torch.bool, device=output.gates.device)
        return PredictionOutput(logits=output.logits, flow_weights=output.flow_weights, context_encoded=encoded)
    own, mask = model.encode_x(x)  # (B,T,D_f), (B,T)
    states = model.direct_state(own)  # u (B,T,D)
    gates = gates_from_logits(model.router(own, None, mask))  # g (B,T,R)
    weights = model.decide(gates, policy, threshold, overrides) if route is None else route  # (B,T,R)
    kappa, rho = parts(weights)  # (B,T) each

    summands = model.readout.parts(states, None, mask)  # D (B,T,C), nothing read yet
    has_context = x.has_words(own) if model.encoder.context_in_x else h.has_words(own)
    asking = ((rho > 0) & mask.bool()).any(1) & has_context  # (B,); a padding token asks for nothing
    if asking.any():
        read = _read(model, h.rows(asking), x.rows(asking), states[asking], mask[asking])  # (b,T,C)
        summands = replace(summands, read=summands.read.index_copy(0, asking.nonzero()[:, 0], read))
    logits = model.readout.logits(summands, kappa, rho)  # (B,C)
    return PredictionOutput(logits=logits, flow_weights=weights, context_encoded=asking)


def _read(model, h: ModelInput, x: ModelInput, states, mask) -> torch.Tensor:
    """Σ_s K_ts (b,T,C) of the rows that ask: the only place where f(h) is computed."""
    other, other_mask = model.encode_h(h, x)  # (b,S,D_h), (b,S)
    reading = model.reader(states, model.context_state(other), other_mask)
    return model.readout.parts(states, reading.read, mask).read
