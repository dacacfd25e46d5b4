"""Parts of a backbone's layers: its lower ones run once for each text, its upper ones can be tuned."""

import copy

import torch
from torch import nn


class PassThrough(nn.Module):
    """Replaces the embeddings where the input is the output of a lower layer."""

    def forward(self, input_ids=None, *, inputs_embeds: torch.Tensor, **others) -> torch.Tensor:
        return inputs_embeds


def layer_list(model) -> nn.ModuleList:
    """Return the layers of a BERT-like encoder; raise ValueError for a model that holds them elsewhere."""
    return getattr(model, _layers_holder(model)).layer


def _layers_holder(model) -> str:
    """The name of the submodule that holds the list of layers."""
    for name in ("encoder", "transformer"):
        if isinstance(getattr(getattr(model, name, None), "layer", None), nn.ModuleList):
            return name
    raise ValueError(f"layers of {type(model).__name__} cannot be tuned: they are not where those of BERT are")


def drop_top(model, count: int):
    """Return `model` without its last `count` layers; it shares the weights, and `model` does not change.

    Raises ValueError for more layers than there are.
    """
    layers = layer_list(model)
    if not 0 <= count <= len(layers):
        raise ValueError(f"{type(model).__name__} has {len(layers)} layers, not {count} to tune")
    return _with_layers(model, list(layers)[: len(layers) - count])


def layer_range(model, first: int, last: int):
    """Return layers [first, last) of `model`; it shares the weights, and `model` does not change.

    Call it like the model, with the states below layer `first` as `inputs_embeds`.
    """
    part = _with_layers(model, list(layer_list(model))[first:last])
    part._modules["embeddings"] = PassThrough()
    if "pooler" in part._modules:
        part._modules["pooler"] = None
    return part


def copy_top(model, count: int):
    """Return a copy of the last `count` layers; call it like the model, with the states below as `inputs_embeds`."""
    layers = layer_list(model)
    replaced = {id(model.embeddings): PassThrough(), id(getattr(model, "pooler", None)): None}
    upper = copy.deepcopy(
        model, replaced | {id(layers): nn.ModuleList(copy.deepcopy(layer) for layer in layers[-count:])}
    )
    return upper.eval().requires_grad_(False)


def states_of(model, content_layer: int | None = None, **inputs) -> torch.Tensor:
    """Return the states (B,n,D_f) of the last layer; behind them those of `content_layer`, (B,n,2·D_f), if given.

    content_layer  0: the input of the first layer
    """
    output = model(**inputs, output_hidden_states=content_layer is not None)
    if content_layer is None:
        return output.last_hidden_state
    of_layers = output.hidden_states or (output.last_hidden_state,)  # a part without layers gives its input
    return torch.cat([output.last_hidden_state, of_layers[content_layer]], dim=-1)


def _with_layers(model, layers: list[nn.Module]):
    """`model` with these layers in place of its own, without changing it."""
    name = _layers_holder(model)
    holder, changed = _shallow_copy(getattr(model, name)), _shallow_copy(model)
    holder._modules["layer"] = nn.ModuleList(layers)
    changed._modules[name] = holder
    return changed


def _shallow_copy(module: nn.Module) -> nn.Module:
    """The same module with its own table of children."""
    copied = copy.copy(module)
    copied._modules = dict(module._modules)
    return copied
