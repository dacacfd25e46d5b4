"""The dual-route model: one forward pass, read from top to bottom.

`predict` is the same pass without what a decision does not need. It follows CoLT5 (Ainslie et al. 2023), where the
expensive branch runs for the routed tokens only. Here that branch is the encoder of h, which all tokens of a row share:
an early router decides first, and f(h) is computed only for rows in which a token reads.
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
from dualroute.families.dual_route.readers import States, TokenState, make_reader
from dualroute.families.dual_route.readouts import make_readout
from dualroute.families.dual_route.routers import make_router
from dualroute.families.dual_route.routers.base import gates_from_logits
from dualroute.trace.policies import flow_weights, kappa_rho

NO_OVERRIDE = -1


class DualRouteModel(PreTrainedModel):
    """Routes every token of x by the direct or the merged flow and reads the answer out.

    `config.context`, `config.reader` and `config.readout` name what h is (a text, items, an image, the backward pass
    over x), how tokens read it, and how the answer is read out. The backbone is not part of the checkpoint:
    `config.backbone` names it, `config.backbone_sha256` is the digest of its weights, and the property `backbone` loads
    and checks them on first use.
    """

    config: DualRouteConfig
    base_model_prefix = "dualroute"
    main_input_name = "input_ids"

    def __init__(self, config: DualRouteConfig):
        super().__init__(config)
        self.encoder = make_encoder(config)
        self.direct_state = TokenState(config, self.encoder.size, with_content=config.content_layer is not None)
        self.context_state = TokenState(config, self.encoder.context_size, with_content=self.encoder.content_in_h)
        self.reader = make_reader(config)
        self.router = make_router(config)
        self.readout = make_readout(config)
        self.__dict__["_backbone"] = None
        self.post_init()

    @property
    def backbone(self) -> FrozenBackbone:
        """The frozen encoder of both inputs. Raises ValueError when its weights have another digest."""
        if self.__dict__["_backbone"] is None:
            self.__dict__["_backbone"] = load_backbone(self.config.backbone, self.config.backbone_sha256)
        return self.__dict__["_backbone"]

    def forward(
        self,
        policy: str | None = None,
        threshold: float | None = None,
        overrides=None,  # (B,T) index of a token's flow, NO_OVERRIDE where the policy decides
        route=None,  # (B,T,R) fixed flow weights instead of policy and overrides
        output_contributions: bool = False,
        **inputs,  # the fields of ModelInput for x, and with `context_` before their names for h
    ) -> DualRouteOutput:
        """Route a batch. After the encoders, T and S count words only, no special tokens.

        Raises TypeError for an unknown input.
        """
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
        """Return what `forward` returns, from f(x) and f(h); the other arguments are those of `forward`."""
        own, mask = encoded_x  # f(x) (B,T,D_f), with a content layer (B,T,2·D_f); (B,T)
        other, other_mask = encoded_h  # f(h) (B,S,D_h), (B,S)
        states = self.direct_state(own)  # control and content u, (B,T,D) each
        reading = self.reader(states, self.context_state(other), other_mask)  # α (B,H,T,S), V f(h) (B,S,H,D/H)
        read = reading.read  # v (B,T,D)

        router_logits = self.router(own[..., : self.encoder.size], read, mask)  # z (B,T) or (B,T,3)
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
            return DualRouteOutput(**routed, direct_states=states.content, read_states=self.readout.merge(read))
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

    def predict(self, policy=None, threshold=None, overrides=None, route=None, **inputs) -> PredictionOutput:
        """Return logits and flow weights alone; the arguments are those of `forward`. See `predict` below."""
        return predict(self, policy, threshold, overrides, route, **inputs)

    def generate(self, **inputs) -> GenerationOutput:
        """Return the texts that a readout of `generation` writes; see `dual_route.generating.generate`."""
        return generate(self, **inputs)

    def encode_x(self, x: ModelInput) -> Encoded:
        """Return f(x) (B,T,D_f) and the mask (B,T) of its words."""
        return self.encoder.encode_x(self._backbone_for(x), x)

    def encode_h(self, h: ModelInput, x: ModelInput) -> Encoded:
        """Return f(h) (B,S,D_h) and the mask (B,S) of its words; S is 0 if no row of the batch has a context."""
        if not h.has_content and not self.encoder.context_in_x:
            return self.encoder.empty_context(x.mask.to(self.dtype))
        return self.encoder.encode_h(self._backbone_for(h), h, x)

    def _backbone_for(self, inputs: ModelInput) -> FrozenBackbone | None:
        """The backbone, or None where the inputs are its states and the encoder runs no layer on them."""
        return self.backbone if inputs.hidden_states is None or self.encoder.continues_states else None

    def decide(
        self, gates: torch.Tensor, policy: str | None = None, threshold: float | None = None, overrides=None
    ) -> torch.Tensor:
        """Return flow weights (B,T,R) of gates (B,T,R) under a policy and overrides (B,T).

        policy, threshold  default to the config's
        """
        policy = policy or self.config.policy
        theta = self.config.threshold if threshold is None else threshold
        weights = flow_weights(policy, gates, theta)
        if overrides is None:
            return weights
        forced = nn.functional.one_hot(overrides.clamp(min=0), gates.shape[-1]).to(weights.dtype)
        return torch.where((overrides == NO_OVERRIDE)[..., None], weights, forced)


@torch.no_grad()
def predict(
    model: DualRouteModel, policy=None, threshold=None, overrides=None, route=None, **inputs
) -> PredictionOutput:
    """Return the decision and the logits of `model.forward`, at no more cost than the decision needs.

    With an early router (`config.early`), f(h) is computed only for rows in which a token reads, ρ > 0. Any other
    router decides from what every token reads and so needs f(h): the whole forward pass runs.
    Raises TypeError for an unknown input, ValueError for a model whose readout writes a text.
    """
    if not model.readout.additive:
        raise ValueError("a model that generates has no logits to predict; use model.generate")
    x, h = split_inputs(inputs)
    if not model.config.early:
        output = model(**inputs, policy=policy, threshold=threshold, overrides=overrides, route=route)
        has_h = h.has_content or model.encoder.context_in_x
        encoded = torch.full((len(output.gates),), has_h, dtype=torch.bool, device=output.gates.device)
        return PredictionOutput(logits=output.logits, flow_weights=output.flow_weights, context_encoded=encoded)
    own, mask = model.encode_x(x)  # (B,T,D_f), (B,T)
    states = model.direct_state(own)  # control and content u, (B,T,D) each
    gates = gates_from_logits(model.router(own[..., : model.encoder.size], None, mask))  # g (B,T,R)
    weights = model.decide(gates, policy, threshold, overrides) if route is None else route  # (B,T,R)
    kappa, rho = kappa_rho(weights)  # (B,T) each

    summands = model.readout.parts(states, None, mask)  # D (B,T,C), nothing read yet
    has_context = x.has_words(own) if model.encoder.context_in_x else h.has_words(own)
    reads = ((rho > 0) & mask.bool()).any(1) & has_context  # (B,); a padding token reads nothing
    if reads.any():
        read = _read(
            model, h.rows(reads), x.rows(reads), States(*(part[reads] for part in states)), mask[reads]
        )  # (b,T,C)
        summands = replace(summands, read=summands.read.index_copy(0, reads.nonzero()[:, 0], read))
    logits = model.readout.logits(summands, kappa, rho)  # (B,C)
    return PredictionOutput(logits=logits, flow_weights=weights, context_encoded=reads)


def _read(model: DualRouteModel, h: ModelInput, x: ModelInput, states: States, mask) -> torch.Tensor:
    """Σ_s K_ts (b,T,C) of the rows that read: the only place of `predict` that computes f(h)."""
    other, other_mask = model.encode_h(h, x)  # (b,S,D_h), (b,S)
    reading = model.reader(states, model.context_state(other), other_mask)
    return model.readout.parts(states, reading.read, mask).read


AutoModel.register(DualRouteConfig, DualRouteModel)
