"""x and h of a data set as tensors, one file for each kind of context."""

from pathlib import Path

from dualroute.data.inputs import backward, image, items, text
from dualroute.families.dual_route.backbone import FrozenBackbone
from dualroute.families.dual_route.config import DualRouteConfig
from dualroute.tasks import Example

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
