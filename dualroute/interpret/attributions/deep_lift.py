"""DeepLift, for models that hold an activation it has a rule for."""

import copy
import warnings

import torch
from captum.attr import DeepLift
from captum.attr._core.deep_lift import SUPPORTED_NON_LINEAR
from torch import nn

from dualroute.interpret.attributions.asked import Asked, Found, count, found
from dualroute.interpret.presence import Path
from dualroute.interpret.target_values import Value
from dualroute.model.backbone import FrozenBackbone
from dualroute.model.inputs import ModelInput


def deep_lift(asked: Asked) -> Found:
    """Differences from the baseline, handed back through each activation in the share its output changed.

    Raises ValueError for a model without such an activation: nothing would differ from input × gradient.
    """
    path = asked.path
    if not _has_rules(path.model):
        rules = ", ".join(sorted(rule.__name__ for rule in SUPPORTED_NON_LINEAR))
        raise ValueError(
            f"deep_lift would repeat input_x_gradient: this model holds no activation it has a rule for ({rules})"
        )
    ends, starts = tuple(end.requires_grad_() for end in path.at(torch.ones(1))), path.at(torch.zeros(1))
    scores = []
    for value in path.values:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Setting forward, backward hooks", UserWarning)
            scores.append(torch.cat(DeepLift(Whole(path, value)).attribute(ends, starts), dim=1))
    return found(asked.units.summed(torch.cat(scores)))


class Whole(nn.Module):
    """A target as one module, of copies: DeepLift hangs hooks on its parts, and each part may run once only.

    So f(h) has a backbone of its own, with the same weights.
    """

    def __init__(self, path: Path, value: Value):
        super().__init__()
        self.path, self.value = path, value
        self.model = copy.deepcopy(path.model)
        backbone = self.model.backbone
        other = FrozenBackbone(copy.deepcopy(backbone.model), backbone.tokenizer, backbone.name, backbone.sha256)
        self.backbones = (backbone, other)
        self.texts = nn.ModuleList(one.model for one in self.backbones)

    def forward(self, *presence: torch.Tensor) -> torch.Tensor:
        """(B,)"""
        count(self.path, len(presence[0]))  # the input and its baseline
        given = [ModelInput(**side.inputs(part, "")) for side, part in zip(self.path.sides, presence, strict=True)]
        x, encoder = given[0], self.model.encoder
        own = encoder.encode_x(self.backbones[0], x)
        if len(given) > 1:
            other = encoder.encode_h(self.backbones[1], given[1], ModelInput())
        else:
            other = self.model.encode_h(ModelInput(), x)
        output = self.model.route_states(own, other, policy="direct")
        return self.value(output) + 0 * sum(part.sum(1) for part in presence)


def _has_rules(model) -> bool:
    """Poolers of backbones are no part of the path."""
    parts = [*model.named_modules(), *model.backbone.model.named_modules()]
    return any(type(part) in SUPPORTED_NON_LINEAR and "pooler" not in name for name, part in parts)
