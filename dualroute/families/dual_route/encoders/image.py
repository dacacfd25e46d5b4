"""h is a picture: a small convolutional encoder, trained with the model, whose patches are the context tokens."""

import math
from itertools import pairwise

import torch
from torch import nn
from torch.nn.functional import adaptive_avg_pool2d

from dualroute.families.dual_route.encoders.text import TextEncoder
from dualroute.families.dual_route.inputs import Encoded

WIDTHS = (16, 32, 64, 128)  # channels after each halving; the last one is the width of a patch's state
SURROUND = 2  # blocks at the size of the patches: how far a patch sees beyond itself
GROUPS = 8
INK = 4.0  # full ink, in the scale of the initial weights
EPS = 1e-3  # a faint picture stays faint: without it the first trace of ink on white would change the whole state


class ImageEncoder(TextEncoder):
    """The backbone encodes x; h is `patches`² states in reading order, each of a patch and its surroundings.

    h comes as `pixel_values` (B,3,height,width) in [0, 1] and `attention_mask` (B,1), 0 for a row without a picture.
    """

    def __init__(self, config):
        super().__init__(config)
        self.context_size = WIDTHS[-1]
        self.patches = config.patches
        halvings = max(1, round(math.log2(config.image_size / config.patches)))
        widths = [3, *WIDTHS[:halvings], *WIDTHS[-1:] * (halvings - len(WIDTHS))]
        self.halve = nn.Sequential(*(_block(n, m, stride=2) for n, m in pairwise(widths)))
        self.colour = nn.Conv2d(3, self.context_size, kernel_size=1)
        self.widen = nn.Conv2d(widths[-1], self.context_size, kernel_size=1)
        self.surround = nn.ModuleList(_block(self.context_size, self.context_size, stride=1) for _ in range(SURROUND))
        self.place = nn.Parameter(0.02 * torch.randn(1, self.context_size, self.patches, self.patches))

        for module in self.modules():
            # Keep torch's initial weights: those of transformers are ten times smaller, and after a normalisation one
            # step of the optimiser then turns them so far that they lose the shapes they had learned.
            vars(module)["_is_hf_initialized"] = isinstance(module, nn.Conv2d)

    def encode_h(self, backbone, h, x):
        """Return states (B,patches²,context_size), and a mask with one value for all patches of a picture."""
        if h.pixel_values is None:
            raise ValueError("the context of this model is a picture: pixel_values are missing")
        ink = INK * (1 - h.pixel_values)  # white is 0, as is the border that a convolution adds
        shapes = adaptive_avg_pool2d(self.widen(self.halve(ink)), self.patches)  # (B,C,patches,patches)
        states = shapes + self.colour(adaptive_avg_pool2d(ink, self.patches)) + self.place
        for block in self.surround:
            states = states + block(states)
        return Encoded(states.flatten(2).transpose(1, 2), h.mask.expand(-1, self.patches**2))


def _block(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    """A convolution normalised by groups of channels, so that the size of the batch does not matter."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel_size=3, stride=stride, padding=1),
        nn.GroupNorm(GROUPS, outputs, EPS),
        nn.GELU(),
    )
