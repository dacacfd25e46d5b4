"""The presence of the patches of a picture: what attributions to a picture vary."""

from dataclasses import dataclass

import torch
from torch.nn.functional import interpolate

WHITE = 1.0


@dataclass(frozen=True, eq=False)
class PictureSide:
    """The pixels of a picture by the presence of its patches: an absent patch is white.

    difference  (3,height,width) what leads from white to the picture
    patches     how many along one side; a patch is the pixels its state stands for, seen by its neighbours too
    """

    difference: torch.Tensor
    patches: int

    @property
    def words(self) -> torch.Tensor:
        """(S,) places of the patches: all, in reading order."""
        return torch.arange(self.patches**2)

    @property
    def start(self) -> torch.Tensor:
        """(S,3) the colour of an absent patch."""
        return torch.full((self.patches**2, 3), WHITE)

    def inputs(self, presence: torch.Tensor, prefix: str) -> dict[str, torch.Tensor]:
        """Arguments of the model's forward where the patches are present by (B,S)."""
        shares = presence.unflatten(1, (1, self.patches, self.patches))
        shares = interpolate(shares, self.difference.shape[-2:], mode="nearest")  # (B,1,height,width)
        return {
            f"{prefix}pixel_values": WHITE + shares * self.difference,
            f"{prefix}attention_mask": torch.ones(len(presence), 1, dtype=torch.long),
        }


def picture_side(pixel_values: torch.Tensor, patches: int) -> PictureSide:
    """From white to pixel_values (3,height,width) in [0, 1]."""
    return PictureSide(pixel_values - WHITE, patches)
