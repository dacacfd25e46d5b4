"""What every encoder of x and h shares."""

import torch
from torch import nn

from dualroute.families.dual_route.backbone import FrozenBackbone
from dualroute.families.dual_route.inputs import Encoded, ModelInput


class PairEncoder(nn.Module):
    """f(x) and f(h), computed apart so that an early router can decide before f(h) is computed.

    size, context_size  width D_f of f(x), and D_h of f(h), without states of a content layer
    content_in_h        whether the states of a content layer stand behind those of h: f(h) is (B,S,2·D_h) then
    context_in_x        whether the context tokens are the words of x itself
    continues_states    whether the encoder runs layers of the backbone on inputs that are hidden states already; if
                        not, `backbone` is None for such inputs
    without_top         how many of the backbone's top layers the encoder leaves out
    """

    context_in_x = False
    without_top = 0

    def __init__(self, config):
        super().__init__()
        self.size = config.encoder_size
        self.context_size = config.encoder_size
        self.content_in_h = config.content_layer is not None and config.h_is_text

    @property
    def continues_states(self) -> bool:
        return False

    def encode_x(self, backbone: FrozenBackbone | None, x: ModelInput) -> Encoded:
        """Return f(x) (B,T,D_f) and its mask (B,T)."""
        raise NotImplementedError

    def encode_h(self, backbone: FrozenBackbone | None, h: ModelInput, x: ModelInput) -> Encoded:
        """Return f(h) (B,S,D_h) and its mask (B,S); only an encoder with `context_in_x` reads x."""
        raise NotImplementedError

    def empty_context(self, like: torch.Tensor) -> Encoded:
        """Return the context of a batch without one: S is 0. `like` (B,…) gives B, device and dtype."""
        width = self.context_size * (2 if self.content_in_h else 1)
        return Encoded(like.new_zeros(len(like), 0, width), like.new_zeros(len(like), 0))
