"""Whether the settings of a model fit its backbone, told before any work."""

import torch

from dualroute.bounds import option
from dualroute.families.dual_route.backbone import FrozenBackbone
from dualroute.families.dual_route.backbone_layers import drop_top, layer_list
from dualroute.families.dual_route.config import DualRouteConfig
from dualroute.families.dual_route.encoders.text import TunedLayers


def check_fit(config: DualRouteConfig, backbone: FrozenBackbone) -> None:
    """Raise ValueError that names the setting and its limit unless `config` fits `backbone`."""
    check_length(option("max_length"), config.max_length, backbone)
    if config.h_is_text:
        check_length(option("context_max_length"), config.context_max_length, backbone)
    if config.tuned_layers or config.left_out_layers:
        drop_top(backbone.model, config.tuned_layers or config.left_out_layers)
    if config.content_layer is not None:
        _check_content(config, backbone)
    if config.tuned_layers:
        _try_to_tune(config, backbone)
    if (config.h_is_own_words or config.writes_text) and backbone.embedding_size != backbone.size:
        raise ValueError(
            f"{backbone.name} has word embeddings of width {backbone.embedding_size}, states of width {backbone.size}; "
            "a recurrent encoder or a written answer needs a backbone where both are the same"
        )


def _check_content(config: DualRouteConfig, backbone: FrozenBackbone) -> None:
    """Raise ValueError unless the content layer is one of the backbone's layers that run and are not tuned."""
    most = len(layer_list(backbone.model)) - (config.tuned_layers or config.left_out_layers)
    assert config.content_layer is not None
    if config.content_layer > most:
        raise ValueError(f"{option('content_layer')} must be at most {most}, not {config.content_layer}")


@torch.no_grad()
def _try_to_tune(config: DualRouteConfig, backbone: FrozenBackbone) -> None:
    """Run the tuned layers once: models differ in how they call their layers."""
    states, mask = torch.zeros(1, 2, backbone.size), torch.ones(1, 2, dtype=torch.long)
    try:
        TunedLayers(config)(backbone, states, mask)
    except (TypeError, AttributeError, RuntimeError) as error:
        name = type(backbone.model).__name__
        raise ValueError(f"layers of {name} cannot be tuned: they do not run on states of other layers") from error


def check_length(name: str, length: int, backbone: FrozenBackbone) -> None:
    """Raise ValueError unless a text of `length` tokens holds a word and has a place for each token in the backbone."""
    least, most = backbone.special_tokens + 1, backbone.positions
    if length < least:
        raise ValueError(
            f"{name} must be at least {least}, not {length}: a word and the {least - 1} special tokens of the backbone"
        )
    if most and length > most:
        raise ValueError(f"{name} must be at most {most}, not {length}: {backbone.name} reads no more tokens")
