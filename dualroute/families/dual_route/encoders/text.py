"""x and h are texts, encoded by the same backbone.

Its top layers can be fine-tuned with low-rank adapters (LoRA, Hu et al. 2022). Only the adapters are parameters of the
model and part of its checkpoint. The layers they act on are a copy of the backbone's, made on first use and no part of
the model: other models share the backbone, and it never changes.
"""

import torch
from peft import LoraConfig, inject_adapter_in_model
from torch import nn
from torch.func import functional_call

from dualroute.families.dual_route.backbone import FrozenBackbone, keep_words
from dualroute.families.dual_route.backbone_layers import copy_top
from dualroute.families.dual_route.encoders.base import PairEncoder
from dualroute.families.dual_route.inputs import Encoded, ModelInput

PROJECTIONS = 4  # query, key, value and output of an attention: the linear maps from D_f to D_f
ADAPTER = "default"


class TunedLayers(nn.Module):
    """The last `config.tuned_layers` layers; each linear map of their attentions is W + 2 · up · down.

    down  (layers, 4, rank, D_f)
    up    (layers, 4, D_f, rank), initially zero: the layers then equal the backbone's
    """

    def __init__(self, config):
        super().__init__()
        self.count, self.rank = config.tuned_layers, config.lora_rank
        size = config.encoder_size
        self.down = nn.Parameter(torch.randn(self.count, PROJECTIONS, self.rank, size) / size**0.5)
        self.up = nn.Parameter(torch.zeros(self.count, PROJECTIONS, size, self.rank))
        self.__dict__["_layers"] = None  # (copied layers, names of the adapters in them)

    def forward(self, backbone, states: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return hidden states (B,n,D_f) of the last layer, from those below the tuned layers."""
        if self.__dict__["_layers"] is None:
            self.__dict__["_layers"] = self.copy_layers(backbone)
        layers, names = self.__dict__["_layers"]
        weights = {}
        for name, down, up in zip(names, self.down.flatten(0, 1), self.up.flatten(0, 1), strict=True):
            weights |= {f"{name}.lora_A.{ADAPTER}.weight": down, f"{name}.lora_B.{ADAPTER}.weight": up}
        empty = attention_mask.sum(1, keepdim=True) == 0  # keeps a row without tokens finite
        inputs = {"inputs_embeds": states, "attention_mask": attention_mask | empty.long()}
        return functional_call(layers, weights, kwargs=inputs).last_hidden_state

    def copy_layers(self, backbone: FrozenBackbone) -> tuple[nn.Module, list[str]]:
        """Return copies of the top layers with adapters, and the names of the maps that have one.

        Raises ValueError for layers whose attentions are not of the expected form.
        """
        layers = copy_top(backbone.model, self.count)
        size = self.down.shape[-1]
        square = [name for name, part in layers.named_modules() if "attention" in name and _is_square(part, size)]
        if len(square) != self.count * PROJECTIONS:
            maps = f"{len(square)} maps in the attentions of {self.count} layers"
            raise ValueError(f"layers of {backbone.name!r} cannot be tuned: {maps}, not {PROJECTIONS} in each")
        adapter = LoraConfig(r=self.rank, lora_alpha=2 * self.rank, target_modules=square)
        return inject_adapter_in_model(adapter, layers, ADAPTER).eval().requires_grad_(False), square


def _is_square(part: nn.Module, size: int) -> bool:
    return isinstance(part, nn.Linear) and part.weight.shape == (size, size)


class TextEncoder(PairEncoder):
    """Hidden states of the words of both texts; special tokens are encoded too and then dropped.

    With tuned layers, inputs that are hidden states come from below these layers and include special tokens. With a
    content layer, the states of that layer stand behind the others: n tokens have (B,n,2·D_f).
    """

    def __init__(self, config):
        super().__init__(config)
        self.tuned = TunedLayers(config) if config.tuned_layers else None
        self.without_top = config.tuned_layers or config.left_out_layers
        self.content_layer = config.content_layer
        self.width = config.encoder_size

    @property
    def continues_states(self) -> bool:
        return self.tuned is not None

    def encode_x(self, backbone, x):
        return self.encode_text(backbone, x)

    def encode_h(self, backbone, h, x):
        return self.encode_text(backbone, h)

    def encode_text(self, backbone, text: ModelInput) -> Encoded:
        """Return states (B,n,D_f) and mask (B,n) of the words of a text of ids, embeddings or states."""
        states, mask = text.hidden_states, text.mask
        if states is None:
            inputs = {"input_ids": text.input_ids, "inputs_embeds": text.inputs_embeds}
            states = backbone(mask, **inputs, without_top=self.without_top, content_layer=self.content_layer)
        if self.tuned is not None:
            below, content = states[..., : self.width], states[..., self.width :]
            states = torch.cat([self.tuned(backbone, below, mask), content], dim=-1)
        if text.special_tokens_mask is None:
            return Encoded(states, mask)
        return Encoded(*keep_words(states, mask, text.special_tokens_mask))
