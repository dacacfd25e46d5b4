"""Models that one can compute by hand, in the place of a dual-route model behind a path."""

import torch
from torch import nn

from dualroute.families.dual_route.backbone import keep_words
from dualroute.families.dual_route.inputs import Encoded


class Reads(nn.Module):
    """Encodes a text as its own embeddings; `route_states` gives all words of x and h, (B,T+S,D), to the targets."""

    def __init__(self, backbone):
        super().__init__()
        self.__dict__["backbone"], self.encoder = backbone, Embeds()

    def encode_x(self, x):
        return self.encoder.encode_x(None, x)

    def encode_h(self, h, x):
        return self.encoder.encode_h(None, h, x)

    def route_states(self, own, other, policy):
        return torch.cat([own.states, other.states], dim=1)


class Embeds(nn.Module):
    def encode_x(self, backbone, x):
        return Encoded(*keep_words(x.inputs_embeds, x.attention_mask, x.special_tokens_mask))

    def encode_h(self, backbone, h, x):
        return self.encode_x(backbone, h)
