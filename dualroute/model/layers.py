"""A text encoder cut in two: the layers below run once and for all, those above can be tuned."""

import copy

import torch
from torch import nn


class Passed(nn.Module):
    """Stands where the embeddings stood: what comes in is a lower layer's output already."""

    def forward(self, input_ids=None, inputs_embeds=None, **others) -> torch.Tensor:
        return inputs_embeds


def layer_list(model) -> nn.ModuleList:
    """The layers of a BERT-like encoder. Raises ValueError for a model that keeps them elsewhere."""
    for holder in (getattr(model, "encoder", None), getattr(model, "transformer", None)):
        layers = getattr(holder, "layer", None)
        if isinstance(layers, nn.ModuleList):
            return layers
    raise ValueError(f"layers of {type(model).__name__} cannot be tuned: they are not where those of BERT are")


def cut_off(model, count: int):
    """`model` without its last `count` layers; weights are shared, the model itself is not changed.

    Raises ValueError where there are not so many layers.
    """
    layers = layer_list(model)
    if not 0 <= count <= len(layers):
        raise ValueError(f"{type(model).__name__} has {len(layers)} layers, not {count} to tune")
    lower = _shallow(model)
    name = next(name for name, part in model.named_children() if layers is getattr(part, "layer", None))
    holder = _shallow(getattr(model, name))
    holder._modules["layer"] = nn.ModuleList(list(layers)[: len(layers) - count])
    lower._modules[name] = holder
    return lower


def part_of(model, first: int, last: int):
    """The layers behind the `first` up to the `last`, called as the model is, with the states below as `inputs_embeds`.

    Weights are shared, the model itself is not changed.
    """
    layers = layer_list(model)
    part = cut_off(model, len(layers) - last)
    name = next(
        name for name, holder in part.named_children() if isinstance(getattr(holder, "layer", None), nn.ModuleList)
    )
    part._modules[name]._modules["layer"] = nn.ModuleList(list(layers)[first:last])
    return _without_ends(part)


def top_copy(model, count: int):
    """A copy of the last `count` layers, called as the model is, with the lower ones' states as `inputs_embeds`."""
    layers = layer_list(model)
    left_out = {id(model.embeddings): Passed(), id(getattr(model, "pooler", None)): None}
    upper = copy.deepcopy(
        model, left_out | {id(layers): nn.ModuleList(copy.deepcopy(layer) for layer in layers[-count:])}
    )
    return upper.eval().requires_grad_(False)


def _without_ends(model):
    model._modules["embeddings"] = Passed()
    if "pooler" in model._modules:
        model._modules["pooler"] = None
    return model


def _shallow(module: nn.Module) -> nn.Module:
    """The same module with a table of children of its own."""
    copied = copy.copy(module)
    copied._modules = dict(module._modules)
    return copied
