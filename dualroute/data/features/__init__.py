"""x and h of a data set as tensors, one module for each kind of context.

A new kind of context is a module here with the functions `x_features` and `h_features`, and its line in `FEATURES`.
"""

from typing import Any, Protocol

import numpy as np
import torch

from dualroute.data.features import backward, image, items, text


class InputFeatures(Protocol):
    """x or h of every row."""

    def __len__(self) -> int: ...

    def __getitem__(self, i: int) -> Any:
        """Return one row, without padding."""

    def batch(self, rows: list) -> dict[str, torch.Tensor]:
        """Pad rows to fields of `ModelInput`, `attention_mask` among them."""
        ...


class XFeatures(InputFeatures, Protocol):
    """x of every row."""

    @property
    def lengths(self) -> np.ndarray:
        """(N,) number of tokens of each row."""
        ...


# Kind of context -> functions that return the features of x and of h. All take the same arguments:
#   backbone  the frozen encoder                      rows   the examples
#   config    `DualRouteConfig` of the model          cache  folder where the encoder's states are stored
#   name      what progress bars call the rows        images archive or folder of the pictures, or None
FEATURES = {
    "text": (text.x_features, text.h_features),
    "items": (items.x_features, items.h_features),
    "image": (text.x_features, image.h_features),
    "backward": (backward.x_features, backward.h_features),
}
