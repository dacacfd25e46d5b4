"""Pictures as contexts: read once, kept small, and varied a little while training."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from dualroute.data.inputs.text import x_side
from dualroute.families.dual_route.config import DualRouteConfig
from dualroute.inputs import Pictures
from dualroute.tasks import Example

__all__ = ["PictureSide", "h_side", "x_side"]

NONE = -1
WHITE = 255


@dataclass(frozen=True, eq=False)
class PictureSide:
    """The pictures of N rows, M of them different.

    pixels  (M,3,size,size) uint8;  index (N,) each row's picture, or NONE
    vary    what a picture (3,size,size) goes through each time a row is asked for, or None
    """

    pixels: np.ndarray
    index: np.ndarray
    vary: Callable[[np.ndarray], np.ndarray] | None = None

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, i: int) -> np.ndarray | None:
        """(3,size,size) uint8, or None."""
        if self.index[i] == NONE:
            return None
        picture = self.pixels[self.index[i]]
        return self.vary(picture) if self.vary else picture

    def batch(self, rows: list) -> dict[str, torch.Tensor]:
        """`pixel_values` (B,3,size,size) in [0, 1], white where there is no picture, and `attention_mask` (B,1)."""
        blank = np.full(self.pixels.shape[1:], WHITE, np.uint8)
        stacked = np.stack([blank if row is None else row for row in rows])
        given = torch.tensor([[int(row is not None)] for row in rows])
        return {"pixel_values": torch.from_numpy(stacked).float() / WHITE, "attention_mask": given}

    def varied(self) -> "PictureSide":
        """The same pictures, each time a little different."""
        return replace(self, vary=vary)


def h_side(backbone, rows: list[Example], config: DualRouteConfig, cache: Path, name: str, images: Path) -> PictureSide:
    """Each row's picture from the archive or folder `images`; rows without a picture's name have none.

    Raises FileNotFoundError or ValueError naming the archive, or the picture that is missing or broken.
    """
    names = sorted({row.image for row in rows if row.image})
    place = {picture: i for i, picture in enumerate(names)}
    pixels = np.full((len(names), 3, config.image_size, config.image_size), WHITE, np.uint8)
    if names:
        pictures = Pictures(images)
        for i, picture in enumerate(names):
            pixels[i] = pictures.pixels(picture, config.image_size).transpose(2, 0, 1)
    return PictureSide(pixels, np.array([place.get(row.image, NONE) for row in rows]))


def vary(picture: np.ndarray) -> np.ndarray:
    """Shifted by up to an eighth, shrunk or grown by up to an eighth, its colours a little stronger or weaker.

    picture (3,size,size) uint8. Torch's generator is used, so that a seeded run stays the same. Not for labels that
    speak of places or exact colours; a mirrored picture would show another hand, so nothing is mirrored.
    """
    size = picture.shape[-1]
    scale, down, right = torch.empty(3).uniform_(-1, 1).mul(1 / 8).tolist()
    grid = np.linspace(-0.5, 0.5, size)
    rows, columns = ((grid / (1 + scale) + shift + 0.5) * (size - 1) for shift in (down, right))
    moved = _sample(picture, rows, columns)
    tint = torch.empty(3, 1, 1).uniform_(0.85, 1.15).numpy()
    return (WHITE - (WHITE - moved.astype(np.float32)) * tint).clip(0, WHITE).astype(np.uint8)


def _sample(picture: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """The nearest pixels at the given places; white outside."""
    size = picture.shape[-1]
    down, right = np.rint(rows).astype(int), np.rint(columns).astype(int)
    taken = picture[:, down.clip(0, size - 1)][:, :, right.clip(0, size - 1)]
    inside = ((down >= 0) & (down < size))[:, None] & ((right >= 0) & (right < size))
    return np.where(inside, taken, WHITE).astype(np.uint8)
