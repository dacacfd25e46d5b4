"""Predicting without tracing: an early router decides first, and only the rows that ask have their context encoded.

Conditional computation as in CoLT5 (Ainslie et al. 2023), where the expensive branch runs for the routed tokens only.
Here the branch is the encoder of h, which is shared by all tokens of a row: it is saved where no token of the row asks.
"""

from dataclasses import dataclass, fields

import torch

from dualroute.model.readers import read
from dualroute.model.routers.base import gates_from_logits
from dualroute.outputs import PredictionOutput
from dualroute.policies import parts

CONTEXT = "context_"


@dataclass(frozen=True)
class ModelInput:
    """x or h as `DualRouteModel.forward` takes it: token ids, embeddings or states, with their masks."""

    input_ids: torch.Tensor | None = None  # (B,n)
    attention_mask: torch.Tensor | None = None  # (B,n)
    special_tokens_mask: torch.Tensor | None = None  # (B,n)
    inputs_embeds: torch.Tensor | None = None  # (B,n,D_e)
    hidden_states: torch.Tensor | None = None  # (B,n,D_f)

    def encode(self, model):
        """(B,n,D_f) and mask (B,n) of the words; (None, None) where nothing is given."""
        return model._encode(
            self.hidden_states, self.attention_mask, self.special_tokens_mask, self.input_ids, self.inputs_embeds
        )

    def rows(self, chosen: torch.Tensor) -> "ModelInput":
        """The rows where `chosen` (B,) is true."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return ModelInput(**{name: value[chosen] for name, value in values.items() if value is not None})

    def has_words(self, like: torch.Tensor) -> torch.Tensor:
        """(B,) bool, rows with something to read; none where nothing is given. `like` (B,…) gives B and the device."""
        if not self.is_given:
            return torch.zeros(len(like), dtype=torch.bool, device=like.device)
        special = 0 if self.special_tokens_mask is None else self.special_tokens_mask
        return (self.attention_mask * (1 - special)).sum(1) > 0

    @property
    def is_given(self) -> bool:
        """Whether there is anything to encode."""
        return any(value is not None for value in (self.hidden_states, self.input_ids, self.inputs_embeds))


@torch.no_grad()
def predict(model, policy=None, threshold=None, overrides=None, route=None, **inputs) -> PredictionOutput:
    """What `model.forward` with the same arguments decides, at no more cost than the decision needs.

    An early router (`config.early`) has f(h) computed for those rows alone in which a token reads, ρ > 0. Any other
    router sees what every token reads, so that it needs f(h) to decide: forward is run.
    Raises TypeError for an input that forward does not have.
    """
    x, h = _split(inputs)
    if not model.config.early:
        output = model(**inputs, policy=policy, threshold=threshold, overrides=overrides, route=route)
        encoded = torch.full_like(output.logits[:, 0], h.is_given, dtype=torch.bool)
        return PredictionOutput(logits=output.logits, flow_weights=output.flow_weights, context_encoded=encoded)
    own, mask = x.encode(model)  # (B,T,D_f), (B,T)
    states = model.direct_state(own)  # u (B,T,D)
    gates = gates_from_logits(model.router(own, None, mask))  # g (B,T,R)
    weights = model._decide(gates, policy, threshold, overrides) if route is None else route  # (B,T,R)
    kappa, rho = parts(weights)  # (B,T) each

    pooling = model.readout.pool(states, mask)  # a (B,T)
    direct = model.readout.direct_contributions(states, pooling)  # D (B,T,C)
    logits = model.readout.bias + (kappa[..., None] * direct).sum(1)  # (B,C)
    asking = ((rho > 0) & mask.bool()).any(1) & h.has_words(own)  # (B,); a padding token asks for nothing
    if asking.any():
        logits[asking] += _read(model, h.rows(asking), states[asking], pooling[asking], rho[asking])
    return PredictionOutput(logits=logits, flow_weights=weights, context_encoded=asking)


def _read(model, h: ModelInput, states, pooling, rho) -> torch.Tensor:
    """Σ_t ρ_t Σ_s K_ts (B,C) of the rows that ask: the only place where f(h) is computed."""
    other, mask = h.encode(model)  # (B,S,D_f), (B,S)
    attention, values = model.reader(states, model.context_state(other), mask)
    reading = model.readout.read_contributions(read(attention, values), pooling)  # (B,T,C)
    return (rho[..., None] * reading).sum(1)


def _split(inputs: dict) -> tuple[ModelInput, ModelInput]:
    """x and h of forward's keyword arguments."""
    context = {name.removeprefix(CONTEXT): value for name, value in inputs.items() if name.startswith(CONTEXT)}
    return ModelInput(**{k: v for k, v in inputs.items() if not k.startswith(CONTEXT)}), ModelInput(**context)
