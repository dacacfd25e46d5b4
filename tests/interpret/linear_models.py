"""Models that one can compute by hand, in the place of a dual-route model behind a path."""

import torch
from torch import nn

from dualroute.model.backbone import keep_words
from dualroute.model.inputs import Encoded


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


class Bends(Reads):
    """Its words go through a module that DeepLift has a rule for: max(0, Σ states · weight + bias)."""

    def __init__(self, backbone, weight, bias):
        super().__init__(backbone)
        self.weight, self.bias, self.bend = nn.Parameter(weight), bias, nn.ReLU()

    def route_states(self, own, other, policy):
        return self.bend((super().route_states(own, other, policy) * self.weight).sum((1, 2)) + self.bias)


class Embeds(nn.Module):
    def encode_x(self, backbone, x):
        return Encoded(*keep_words(x.inputs_embeds, x.attention_mask, x.special_tokens_mask))

    def encode_h(self, backbone, h, x):
        return self.encode_x(backbone, h)
