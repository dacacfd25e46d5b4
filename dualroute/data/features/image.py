"""A context that is a picture: every picture is read once and kept as pixels; training may vary it a little."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from dualroute.families.dual_route.config import DualRouteConfig
from dualroute.inputs import Pictures
from dualroute.tasks import Example

NO_PICTURE = -1
WHITE = 255


@dataclass(frozen=True, eq=False)
class PictureFeatures:
    """The pictures of N rows, M of them distinct.

    pixels  (M,3,size,size) uint8
    index   (N,) index of each row's picture in `pixels`, or NO_PICTURE
    vary    function applied to a picture (3,size,size) each time a row is read, or None
    """

    pixels: np.ndarray
    index: np.ndarray
    vary: Callable[[np.ndarray], np.ndarray] | None = None

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, i: int) -> np.ndarray | None:
        """Return (3,size,size) uint8, or None for a row without a picture."""
        if self.index[i] == NO_PICTURE:
            return None
        picture = self.pixels[self.index[i]]
        return self.vary(picture) if self.vary else picture

    def batch(self, rows: list) -> dict[str, torch.Tensor]:
        """Return `pixel_values` (B,3,size,size) in [0, 1], white for missing pictures, and `attention_mask` (B,1)."""
        blank = np.full(self.pixels.shape[1:], WHITE, np.uint8)
        stacked = np.stack([blank if row is None else row for row in rows])
        present = torch.tensor([[int(row is not None)] for row in rows])
        return {"pixel_values": torch.from_numpy(stacked).float() / WHITE, "attention_mask": present}

    def varied(self) -> "PictureFeatures":
        """Return the same pictures, varied anew each time a row is read."""
        return replace(self, vary=vary)


def h_features(
    backbone, rows: list[Example], config: DualRouteConfig, cache: Path, name: str, images: Path | None = None
) -> PictureFeatures:
    """Return each row's picture from the archive or folder `images`; a row that names no picture has none.

    Raises FileNotFoundError or ValueError that names the archive, or the picture that is missing or broken.
    """
    names = sorted({row.image for row in rows if row.image})
    place = {picture: i for i, picture in enumerate(names)}
    pixels = np.full((len(names), 3, config.image_size, config.image_size), WHITE, np.uint8)
    if names:
        if images is None:
            raise ValueError(f"the rows of {name} name pictures; name their archive or folder")
        pictures = Pictures(images)
        for i, picture in enumerate(names):
            pixels[i] = pictures.pixels(picture, config.image_size).transpose(2, 0, 1)
    return PictureFeatures(pixels, np.array([place.get(row.image, NO_PICTURE) for row in rows]))


def vary(picture: np.ndarray) -> np.ndarray:
    """Return `picture` (3,size,size) uint8, randomly shifted, scaled (each by up to 1/8) and tinted (up to 15%).

    Random numbers come from torch's generator, so that a seeded run can be repeated. Pictures are not mirrored, since
    a mirrored hand is a different hand. Not suitable for labels that name positions or exact colours.
    """
    size = picture.shape[-1]
    scale, down, right = torch.empty(3).uniform_(-1, 1).mul(1 / 8).tolist()
    grid = np.linspace(-0.5, 0.5, size)
    rows, columns = ((grid / (1 + scale) + shift + 0.5) * (size - 1) for shift in (down, right))
    moved = _sample(picture, rows, columns)
    tint = torch.empty(3, 1, 1).uniform_(0.85, 1.15).numpy()
    return (WHITE - (WHITE - moved.astype(np.float32)) * tint).clip(0, WHITE).astype(np.uint8)


def _sample(picture: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return the nearest pixels at fractional `rows` and `columns`; white outside the picture."""
    size = picture.shape[-1]
    down, right = np.rint(rows).astype(int), np.rint(columns).astype(int)
    sampled = picture[:, down.clip(0, size - 1)][:, :, right.clip(0, size - 1)]
    inside = ((down >= 0) & (down < size))[:, None] & ((right >= 0) & (right < size))
    return np.where(inside, sampled, WHITE).astype(np.uint8)
