"""Predicting without tracing: an early router decides first, and only the rows that ask have their context encoded.

Conditional computation as in CoLT5 (Ainslie et al. 2023), where the expensive branch runs for the routed tokens only.
Here the branch is the encoder of h, which is shared by all tokens of a row: it is saved where no token of the row asks.


The dual-route model: one forward pass, read from top to bottom.
"""

from dataclasses import replace

import torch
from torch import nn
from transformers import AutoModel, PreTrainedModel

from dualroute.families.dual_route.backbone import FrozenBackbone, load_backbone
from dualroute.families.dual_route.config import DualRouteConfig
from dualroute.families.dual_route.encoders import make_encoder
from dualroute.families.dual_route.generating import generate
from dualroute.families.dual_route.inputs import Encoded, ModelInput, split_inputs
from dualroute.families.dual_route.outputs import DualRouteOutput, GenerationOutput, PredictionOutput
from dualroute.families.dual_route.readers import TokenState, make_reader
from dualroute.families.dual_route.readouts import make_readout
from dualroute.families.dual_route.routers import make_router
from dualroute.families.dual_route.routers.base import gates_from_logits
from dualroute.trace.policies import flow_weights, kappa_rho


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
    kappa, rho = kappa_rho(weights)  # (B,T) each

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


NO_OVERRIDE = -1


class DualRouteModel(PreTrainedModel):
    """Routes every token of x by the direct or the merged flow and reads the answer out.

    What h is (a text, items, an image, the backward pass over x), how it is read and what is read out are parts
    that `config.context`, `config.reader` and `config.readout` name. The backbone is not part of the checkpoint:
    `config.backbone` names it, `config.backbone_sha256` says which weights were trained on, and `backbone` loads
    and checks them on first use.
    """

    config_class = DualRouteConfig
    base_model_prefix = "dualroute"
    main_input_name = "input_ids"

    def __init__(self, config: DualRouteConfig):
        super().__init__(config)
        self.encoder = make_encoder(config)
        self.direct_state = TokenState(config, self.encoder.size)
        self.context_state = TokenState(config, self.encoder.context_size)
        self.reader = make_reader(config)
        self.router = make_router(config)
        self.readout = make_readout(config)
        self.__dict__["_backbone"] = None
        self.post_init()

    @property
    def backbone(self) -> FrozenBackbone:
        """The frozen encoder of both inputs. Raises ValueError when its weights are not the ones trained on."""
        if self.__dict__["_backbone"] is None:
            self.__dict__["_backbone"] = load_backbone(self.config.backbone, self.config.backbone_sha256)
        return self.__dict__["_backbone"]

    def forward(
        self,
        policy: str | None = None,
        threshold: float | None = None,
        overrides=None,  # (B,T) index of the flow a token is sent by, NO_OVERRIDE where the policy decides
        route=None,  # (B,T,R) flow weights held fixed instead of policy and overrides
        output_contributions: bool = False,
        **inputs,  # the fields of ModelInput for x, and with `context_` before their names for h
    ) -> DualRouteOutput:
        """Route a batch. From the encoders on, T and S count words only: special tokens are left behind."""
        x, h = split_inputs(inputs)
        own, other = self.encode_x(x), self.encode_h(h, x)
        return self.route_states(own, other, policy, threshold, overrides, route, output_contributions)

    def route_states(
        self,
        encoded_x: Encoded,
        encoded_h: Encoded,
        policy: str | None = None,
        threshold: float | None = None,
        overrides=None,
        route=None,
        output_contributions: bool = False,
    ) -> DualRouteOutput:
        """What `forward` does with f(x) and f(h), for whoever has them already; the other arguments are its own."""
        own, mask = encoded_x  # f(x) (B,T,D_f), (B,T)
        other, other_mask = encoded_h  # f(h) (B,S,D_h), (B,S)
        states = self.direct_state(own)  # u (B,T,D)
        reading = self.reader(states, self.context_state(other), other_mask)  # α (B,H,T,S), V f(h) (B,S,H,D/H)
        read = reading.read  # v (B,T,D)

        router_logits = self.router(own, read, mask)  # z (B,T) or (B,T,3)
        gates = gates_from_logits(router_logits)  # g (B,T,R)
        weights = self.decide(gates, policy, threshold, overrides) if route is None else route  # (B,T,R)
        kappa, rho = kappa_rho(weights)  # (B,T) each

        routed = {
            "router_logits": router_logits,
            "gates": gates,
            "flow_weights": weights,
            "attentions": reading.attention.mean(1),
            "mask": mask,
            "context_mask": other_mask,
        }
        if not self.readout.additive:
            return DualRouteOutput(**routed, direct_states=states, read_states=self.readout.merge(read))
        summands = self.readout.parts(states, read, mask)  # D (B,T,C), Σ_s K (B,T,C)
        return DualRouteOutput(
            **routed,
            logits=self.readout.logits(summands, kappa, rho),
            direct_logits=self.readout.logits(summands, 1, 0),
            merged_logits=self.readout.logits(summands, 1, 1),
            pooling=summands.pooling,
            direct_contributions=summands.direct,
            read_contributions=summands.read,
            context_contributions=self.readout.context_contributions(reading, summands.pooling)
            if output_contributions
            else None,
            bias=summands.bias,
        )

    def predict(self, **inputs) -> PredictionOutput:
        """Logits and flow weights alone, for forward's arguments but `output_contributions`.

        An early router has f(h) computed only for the rows that ask for it; see `model.predicting`.
        """
        return predict(self, **inputs)

    def generate(self, **inputs) -> GenerationOutput:
        """The texts that a readout of `generation` writes; see `model.generating.generate`."""
        return generate(self, **inputs)

    def encode_x(self, x: ModelInput) -> Encoded:
        """f(x) (B,T,D_f) and the mask (B,T) of its words."""
        return self.encoder.encode_x(self._backbone_for(x), x)

    def encode_h(self, h: ModelInput, x: ModelInput) -> Encoded:
        """f(h) (B,S,D_h) and the mask (B,S) of its words; without any context in the batch S is 0."""
        if not h.is_given and not self.encoder.context_in_x:
            return self.encoder.nothing(x.attention_mask.to(self.dtype))
        return self.encoder.encode_h(self._backbone_for(h), h, x)

    def _backbone_for(self, given: ModelInput) -> FrozenBackbone | None:
        """States that are given need no backbone, unless its upper layers are tuned."""
        return self.backbone if given.hidden_states is None or self.encoder.goes_on_from_states else None

    def decide(self, gates, policy=None, threshold=None, overrides=None):
        """Flow weights (B,T,R) of gates under a policy and overrides; the config's policy and θ if not given."""
        policy = policy or self.config.policy
        theta = self.config.threshold if threshold is None else threshold
        weights = flow_weights(policy, gates, theta)
        if overrides is None:
            return weights
        forced = nn.functional.one_hot(overrides.clamp(min=0), gates.shape[-1]).to(weights.dtype)
        return torch.where((overrides == NO_OVERRIDE)[..., None], weights, forced)


AutoModel.register(DualRouteConfig, DualRouteModel)
