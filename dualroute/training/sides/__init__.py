"""x and h of a data set as tensors, one file for each kind of context."""

from pathlib import Path

from dualroute.config import DualRouteConfig
from dualroute.model.backbone import FrozenBackbone
from dualroute.tasks import Example
from dualroute.training.sides import text

X_SIDES = {"text": text.x_side}
H_SIDES = {"text": text.h_side}


def make_x_side(backbone: FrozenBackbone, rows: list[Example], config: DualRouteConfig, cache: Path, name: str):
    """x of `rows` for a model of `config`; what a frozen encoder says comes from `cache` when it is there."""
    return X_SIDES[config.context](backbone, rows, config, cache, name)


def make_h_side(backbone: FrozenBackbone, rows: list[Example], config: DualRouteConfig, cache: Path, name: str):
    """h of `rows`, likewise."""
    return H_SIDES[config.context](backbone, rows, config, cache, name)
