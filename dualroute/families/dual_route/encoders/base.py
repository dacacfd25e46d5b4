"""What every encoder of x and h shares."""

import torch
from torch import nn

from dualroute.families.dual_route.inputs import Encoded, ModelInput


class PairEncoder(nn.Module):
    """f(x) and f(h). The two are computed apart, so that an early router can decide before f(h) is.

    A subclass says how wide its states are: `size` D_f of f(x), `context_size` D_h of f(h); and whether its context
    comes from x itself, `context_in_x`. `backbone` is None where states are given, unless the encoder
    `goes_on_from_states` with the backbone's layers.
    """

    context_in_x = False
    goes_on_from_states = False

    def __init__(self, config):
        super().__init__()
        self.size = config.encoder_size
        self.context_size = config.encoder_size

    def encode_x(self, backbone, x: ModelInput) -> Encoded:
        """f(x) (B,T,D_f) and its mask (B,T)."""
        raise NotImplementedError

    def encode_h(self, backbone, h: ModelInput, x: ModelInput) -> Encoded:
        """f(h) (B,S,context_size) and its mask (B,S); x too, for an encoder whose context comes from x itself."""
        raise NotImplementedError

    def nothing(self, like: torch.Tensor) -> Encoded:
        """The context of a batch that has none: S is 0. `like` (B,…) gives B, device and type."""
        return Encoded(like.new_zeros(len(like), 0, self.context_size), like.new_zeros(len(like), 0))
