"""The encoders of a path, split at a layer; layer conductance attributes to the states between the halves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

import torch

from dualroute.families.attribution_function import LayerSplit, TwoStageFunction
from dualroute.families.dual_route.backbone_layers import drop_top, layer_list, layer_range, states_of
from dualroute.families.dual_route.inputs import Encoded, ModelInput
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.families.dual_route.varied_inputs import VariedInput, VariedText


@dataclass(frozen=True, eq=False)
class EncoderSplit:
    """The encoder of one varied input, split after a layer.

    below   presences (B,T) -> `count` states (B,n,D)
    above   those states -> the encoded inputs, for the rows of the last call of `below`
    scores  scores (n,) of the positions, for each state -> scores (T,) of the words
    """

    below: Callable[[torch.Tensor], Sequence[torch.Tensor]]
    above: Callable[[Sequence[torch.Tensor]], Sequence[Encoded]]
    scores: Callable[[Sequence[torch.Tensor]], torch.Tensor]
    count: int = 1


def layer_split(
    path: TwoStageFunction, model: DualRouteModel, varied: Sequence[VariedInput], layer: int | None
) -> LayerSplit:
    """Return `path` split after `layer` of the backbone, 0 for its embeddings; None for after the encoders.

    Items and pictures are always split after their encoder. Raises ValueError for a layer that does not exist.
    """
    splits = _encoder_splits(path, model, varied, layer)

    def states(*presence: torch.Tensor) -> list[torch.Tensor]:
        return [state for split, part in zip(splits, presence, strict=True) for state in split.below(part)]

    def output(states: Sequence[torch.Tensor]):
        return path.route([one for split, own in _by_input(splits, states) for one in split.above(own)])

    def scores(flows: Sequence[torch.Tensor]) -> torch.Tensor:
        return torch.cat([split.scores(own) for split, own in _by_input(splits, flows)])

    return LayerSplit(states, output, scores)


def _by_input(splits: list[EncoderSplit], states: Sequence[torch.Tensor]) -> list[tuple[EncoderSplit, list]]:
    """Each split with its own states."""
    rest = iter(states)
    return [(split, list(islice(rest, split.count))) for split in splits]


def _encoder_splits(path, model, varied: Sequence[VariedInput], layer: int | None) -> list[EncoderSplit]:
    if layer is None:
        return [_after_encoder(path, place) for place in range(len(varied))]
    used = _layers_used(model)
    if layer > used:
        raise ValueError(f"layer must be from 0 to {used}, as the model has them, not {layer}")
    return [
        _within_backbone(path, model, place, one, layer, used, alone=len(varied) == 1)
        if isinstance(one, VariedText)
        else _after_encoder(path, place)
        for place, one in enumerate(varied)
    ]


def _after_encoder(path: TwoStageFunction, place: int) -> EncoderSplit:
    """A split after the encoder. An encoder of x that also gives f(h) has two states with the same positions."""
    count = sum(one.states.shape[1] > 0 for one in path.encode(place, path.at(torch.ones(1))[place]))
    latest: list[Encoded] = []

    def below(presence: torch.Tensor) -> list[torch.Tensor]:
        latest[:] = path.encode(place, presence)
        return [one.states for one in latest[:count]]  # without a context the second has no positions

    def above(states: Sequence[torch.Tensor]) -> list[Encoded]:
        return [Encoded(state, one.mask) for state, one in zip(states, latest, strict=False)] + latest[count:]

    return EncoderSplit(below, above, lambda scores: sum(scores[1:], scores[0]), count)


def _within_backbone(
    path: TwoStageFunction, model: DualRouteModel, place: int, text: VariedText, layer: int, used: int, alone: bool
) -> EncoderSplit:
    """A split between two layers of the backbone; `alone` where no other input varies."""
    backbone = model.backbone.model
    lower = drop_top(backbone, len(layer_list(backbone)) - layer)
    upper = layer_range(backbone, layer, used)
    content, size = model.config.content_layer, model.config.encoder_size
    within = content is not None and content <= layer
    masks: dict[str, torch.Tensor] = {}

    def _mask() -> torch.Tensor:
        return masks["attention_mask"]

    def below(presence: torch.Tensor) -> list[torch.Tensor]:
        path.count_forward(place, len(presence))
        masks.update(text.inputs(presence))
        embeds = masks.pop("inputs_embeds")
        return [states_of(lower, content if within else None, inputs_embeds=embeds, attention_mask=_mask())]

    def above(states: Sequence[torch.Tensor]) -> list[Encoded]:
        state, behind = states[0][..., :size], states[0][..., size:]  # of the content layer, where it lies below
        later = None if content is None or within else content - layer
        last = states_of(upper, later, inputs_embeds=state, attention_mask=_mask())
        inputs = ModelInput(hidden_states=torch.cat([last, behind], dim=-1), **masks)
        if place:
            return [model.encode_h(inputs, ModelInput())]
        return [model.encode_x(inputs)] + ([model.encode_h(ModelInput(), inputs)] if alone else [])

    return EncoderSplit(below, above, lambda scores: scores[0][text.words])


def _layers_used(model: DualRouteModel) -> int:
    """How many layers of the backbone a text passes, without those that are tuned or unused.

    Raises ValueError for a model that uses none.
    """
    if model.encoder.context_in_x:
        raise ValueError("layer cannot be chosen: this model uses no layer of the backbone, only its embeddings")
    return len(layer_list(model.backbone.model)) - model.encoder.without_top
