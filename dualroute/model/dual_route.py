"""The dual-route model: one forward pass, read from top to bottom."""

import torch
from torch import nn
from transformers import AutoModel, PreTrainedModel

from dualroute.config import DualRouteConfig
from dualroute.model.backbone import FrozenBackbone, keep_words, load_backbone
from dualroute.model.predicting import predict
from dualroute.model.readers import ContextReader, TokenState, read
from dualroute.model.readout import AdditiveReadout
from dualroute.model.routers import make_router
from dualroute.model.routers.base import gates_from_logits
from dualroute.outputs import DualRouteOutput, PredictionOutput
from dualroute.policies import flow_weights, parts

NO_OVERRIDE = -1


class DualRouteModel(PreTrainedModel):
    """Routes every token of x by the direct or the merged flow and reads the logits out additively.

    The backbone is not part of the checkpoint: `config.backbone` names it, `config.backbone_sha256` says which
    weights were trained on, and `backbone` loads and checks them on first use.
    """

    config_class = DualRouteConfig
    base_model_prefix = "dualroute"
    main_input_name = "input_ids"

    def __init__(self, config: DualRouteConfig):
        super().__init__(config)
        self.direct_state = TokenState(config)
        self.context_state = TokenState(config)
        self.reader = ContextReader(config)
        self.router = make_router(config)
        self.readout = AdditiveReadout(config)
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
        input_ids=None,  # (B,T)
        attention_mask=None,  # (B,T) 1 for tokens, 0 for padding
        context_input_ids=None,  # (B,S), or None: no context
        context_attention_mask=None,  # (B,S); a row of zeros has no context
        special_tokens_mask=None,  # (B,T) 1 for tokens that are encoded but not routed
        context_special_tokens_mask=None,  # (B,S) 1 for tokens that are encoded but not read
        inputs_embeds=None,  # (B,T,D_e) instead of input_ids
        context_inputs_embeds=None,  # (B,S,D_e) instead of context_input_ids
        hidden_states=None,  # (B,T,D_f) f(x), already encoded
        context_hidden_states=None,  # (B,S,D_f) f(h), already encoded
        policy: str | None = None,
        threshold: float | None = None,
        overrides=None,  # (B,T) index of the flow a token is sent by, NO_OVERRIDE where the policy decides
        route=None,  # (B,T,R) flow weights held fixed instead of policy and overrides
        output_contributions: bool = False,
    ) -> DualRouteOutput:
        """Route a batch. From the encoders on, T and S count words only: special tokens are left behind."""
        own, mask = self._encode(  # (B,T,D_f), (B,T)
            hidden_states, attention_mask, special_tokens_mask, input_ids, inputs_embeds
        )
        other, other_mask = self._encode(  # (B,S,D_f), (B,S); or None
            context_hidden_states,
            context_attention_mask,
            context_special_tokens_mask,
            context_input_ids,
            context_inputs_embeds,
        )
        states = self.direct_state(own)  # u (B,T,D)
        attention, values, v = self._read(states, other, other_mask)  # α (B,H,T,S), (B,S,H,D/H), (B,T,D)

        router_logits = self.router(own, v, mask)  # z (B,T) or (B,T,3)
        gates = gates_from_logits(router_logits)  # g (B,T,R)
        weights = self._decide(gates, policy, threshold, overrides) if route is None else route  # (B,T,R)
        kappa, rho = parts(weights)  # (B,T) each

        pooling = self.readout.pool(states, mask)  # a (B,T)
        direct = self.readout.direct_contributions(states, pooling)  # D (B,T,C)
        reading = self.readout.read_contributions(v, pooling)  # Σ_s K (B,T,C)
        bias = self.readout.bias  # (C,)
        routed = kappa[..., None] * direct + rho[..., None] * reading  # (B,T,C)
        return DualRouteOutput(
            logits=bias + routed.sum(1),
            direct_logits=bias + direct.sum(1),
            merged_logits=bias + (direct + reading).sum(1),
            router_logits=router_logits,
            gates=gates,
            flow_weights=weights,
            pooling=pooling,
            attentions=attention.mean(1),
            direct_contributions=direct,
            read_contributions=reading,
            context_contributions=self.readout.context_contributions(attention, values, pooling)
            if output_contributions
            else None,
            bias=bias,
        )

    def predict(self, **inputs) -> PredictionOutput:
        """Logits and flow weights alone, for forward's arguments but `output_contributions`.

        An early router has f(h) computed only for the rows that ask for it; see `model.predicting`.
        """
        return predict(self, **inputs)

    def _encode(self, hidden_states, mask, special, input_ids, inputs_embeds):
        if hidden_states is None and input_ids is None and inputs_embeds is None:
            return None, None
        if hidden_states is None:
            hidden_states = self.backbone(mask, input_ids=input_ids, inputs_embeds=inputs_embeds)
        return (hidden_states, mask) if special is None else keep_words(hidden_states, mask, special)

    def _read(self, states, other, mask):
        """Without any context in the batch S is 0 and v is zero."""
        if other is None:
            other = states.new_zeros(len(states), 0, self.config.encoder_size)
            mask = states.new_zeros(len(states), 0)
        attention, values = self.reader(states, self.context_state(other), mask)
        return attention, values, read(attention, values)

    def _decide(self, gates, policy, threshold, overrides):
        policy = policy or self.config.policy
        theta = self.config.threshold if threshold is None else threshold
        weights = flow_weights(policy, gates, theta)
        if overrides is None:
            return weights
        forced = nn.functional.one_hot(overrides.clamp(min=0), gates.shape[-1]).to(weights.dtype)
        return torch.where((overrides == NO_OVERRIDE)[..., None], weights, forced)


AutoModel.register(DualRouteConfig, DualRouteModel)
