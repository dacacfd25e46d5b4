"""The targets as functions of embeddings, for methods that are no functions of presences."""

from collections.abc import Callable

import torch
from captum.attr import Saliency
from torch.nn.functional import interpolate

from dualroute.interpret.attributions.asked import Asked, Found, count, found
from dualroute.interpret.picture_presence import PictureSide
from dualroute.interpret.presence import Path
from dualroute.model.inputs import ModelInput

VARIED = ("inputs_embeds", "hidden_states", "pixel_values")  # of which each side has one


def saliency(asked: Asked) -> Found:
    """The L2 norm of the gradient to each unit's embedding: how sensitive the target is, not which way it goes."""
    path = asked.path
    given = [side.inputs(ends, "") for side, ends in zip(path.sides, path.at(torch.ones(1)), strict=True)]
    varied = [next(name for name in VARIED if name in inputs) for inputs in given]
    embeds = tuple(inputs[name].detach().requires_grad_() for inputs, name in zip(given, varied, strict=True))
    squares = []
    for value in path.values:
        run = _function(path, value, given, varied)
        gradients = Saliency(run).attribute(embeds, abs=False)
        squares.append(torch.cat([_squares(*pair) for pair in zip(path.sides, gradients, strict=True)])[None])
    return found(asked.units.summed(torch.cat(squares)).sqrt())


def _function(path: Path, value, given: list[dict], varied: list[str]) -> Callable[..., torch.Tensor]:
    def run(*embeds: torch.Tensor) -> torch.Tensor:
        inputs = [ModelInput(**one | {name: tensor}) for one, name, tensor in zip(given, varied, embeds, strict=True)]
        x, h = inputs[0], (inputs[1] if len(inputs) > 1 else ModelInput())
        count(path, 1)
        output = path.route([path.model.encode_x(x), path.model.encode_h(h, x)])
        return value(output) + 0 * sum(part.sum() for part in embeds)  # in the graph, though the target may not be

    return run


def _squares(side, gradient: torch.Tensor) -> torch.Tensor:
    """(T,) squared L2 norms of gradients (1,n,D) to embeddings, or (1,3,height,width) to a picture's patches."""
    if not isinstance(side, PictureSide):
        return gradient[0].square().sum(-1)[side.words]
    numbers = side.words.float().view(1, 1, side.patches, side.patches)
    patch_of = interpolate(numbers, gradient.shape[-2:], mode="nearest").long().flatten()  # as presence is spread
    return torch.zeros(len(side.words)).index_add(0, patch_of, gradient[0].square().sum(0).flatten())
