"""x and h of a data set as tensors, one file for each kind of context."""

from pathlib import Path

from dualroute.config import DualRouteConfig
from dualroute.model.backbone import FrozenBackbone
from dualroute.tasks import Example
from dualroute.training.sides import backward, image, items, text

X_SIDES = {"text": text.x_side, "items": items.x_side, "image": image.x_side, "backward": backward.x_side}
H_SIDES = {"text": text.h_side, "items": items.h_side, "image": image.h_side, "backward": backward.h_side}


def make_x_side(backbone: FrozenBackbone, rows: list[Example], config: DualRouteConfig, cache: Path, name: str):
    """x of `rows` for a model of `config`; what a frozen encoder says comes from `cache` when it is there."""
    return X_SIDES[config.context](backbone, rows, config, cache, name)


def make_h_side(
    backbone: FrozenBackbone,
    rows: list[Example],
    config: DualRouteConfig,
    cache: Path,
    name: str,
    images: Path | None = None,
):
    """h of `rows`, likewise; `images` is where the pictures are, for a context that is one."""
    pictures = {"images": images} if config.context == "image" else {}
    return H_SIDES[config.context](backbone, rows, config, cache, name, **pictures)
