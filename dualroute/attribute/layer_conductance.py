"""The encoders cut in two at a layer.

Attribution to what a layer holds, place by place.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

import torch
from captum.attr import LayerConductance
from torch import nn

from dualroute.attribute.requests import Asked, Found, found
from dualroute.families.dual_route.backbone import cut_off, layer_list, part_of
from dualroute.families.dual_route.inputs import Encoded, ModelInput
from dualroute.families.dual_route.interpolation import Path, Side
from dualroute.families.dual_route.target_values import Value
from dualroute.progress import passed


@dataclass(frozen=True, eq=False)
class Cut:
    """One side of a path: presences (B,T) to `count` states below the cut, and those to f above it.

    of_words  scores (n,) of the places of each state -> (T,) of the words
    """

    below: Callable[[torch.Tensor], Sequence[torch.Tensor]]
    above: Callable[[Sequence[torch.Tensor]], Sequence[Encoded]]
    of_words: Callable[[Sequence[torch.Tensor]], torch.Tensor]
    count: int = 1


def cuts_at(path: Path, layer: int | None) -> list[Cut]:
    """Both sides cut behind `layer` of the backbone, 0 for its embeddings; None, and for items and pictures: behind f.

    Raises ValueError for a layer the model does not have.
    """
    sides = range(len(path.sides))
    if layer is None:
        return [_behind(path, side) for side in sides]
    used = _layers_used(path.model)
    if layer > used:
        raise ValueError(f"layer must be from 0 to {used}, as the model has them, not {layer}")
    return [
        _within(path, side, layer, used) if isinstance(path.sides[side], Side) else _behind(path, side)
        for side in sides
    ]


def _behind(path: Path, side: int) -> Cut:
    """Behind the encoder. One that reads f(x) and f(h) off the same words gives two states with places in common."""
    count = sum(one.states.shape[1] > 0 for one in path.encode(side, path.at(torch.ones(1))[side]))
    last: list[Encoded] = []

    def below(presence: torch.Tensor) -> list[torch.Tensor]:
        last[:] = path.encode(side, presence)
        return [one.states for one in last[:count]]  # without a context the second has no places

    def above(states: Sequence[torch.Tensor]) -> list[Encoded]:
        return [Encoded(state, one.mask) for state, one in zip(states, last, strict=False)] + last[count:]

    return Cut(below, above, sum, count)


def _within(path: Path, side: int, layer: int, used: int) -> Cut:
    """Between two layers of the backbone."""
    model, words = path.model, path.sides[side]
    backbone = model.backbone.model
    lower = cut_off(backbone, len(layer_list(backbone)) - layer)
    upper = part_of(backbone, layer, used)
    masks: dict[str, torch.Tensor] = {}

    def below(presence: torch.Tensor) -> list[torch.Tensor]:
        rows = len(presence) * path.lengths[side] / sum(path.lengths)
        passed(rows)
        path.counts.forward += rows
        masks.update(words.inputs(presence, ""))
        embeds = masks.pop("inputs_embeds")
        return [lower(inputs_embeds=embeds, attention_mask=masks["attention_mask"]).last_hidden_state]

    def above(states: Sequence[torch.Tensor]) -> list[Encoded]:
        done = upper(inputs_embeds=states[0], attention_mask=masks["attention_mask"]).last_hidden_state
        given = ModelInput(hidden_states=done, **masks)
        if side:
            return [model.encode_h(given, ModelInput())]
        alone = [model.encode_h(ModelInput(), given)] if len(path.sides) == 1 else []
        return [model.encode_x(given), *alone]

    return Cut(below, above, lambda scores: scores[0][words.words])


def _layers_used(model) -> int:
    """Layers of the backbone that texts go through before anything that is the model's own.

    Raises ValueError for a model that uses none.
    """
    if model.encoder.context_in_x:
        raise ValueError("layer cannot be chosen: this model uses no layer of the backbone, only its embeddings")
    return len(layer_list(model.backbone.model)) - model.encoder.without_top


class Tap(nn.Module):
    """Lets the states of both sides through, where Captum can see them."""

    def forward(self, *states: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return states


def layer_conductance(asked: Asked) -> Found:
    """What flows through each place of a layer on the way from the baseline (Dhamdhere et al. 2019, eq. 3).

    Words stand where they stood. Behind the last layer no other place is read, so that their scores add up to the
    change; in lower ones special tokens carry a share too, which is nobody's here.
    """
    path, steps = asked.path, asked.parameters["n_steps"]
    cuts = cuts_at(path, asked.parameters["layer"])
    scores = torch.stack([_conductance(path, cuts, value, steps) for value in path.values])
    return found(asked.units.summed(scores), steps=steps)


def _conductance(path: Path, cuts: list[Cut], value: Value, steps: int) -> torch.Tensor:
    """(T+S,) of one target."""
    tap = Tap()

    def run(*presence: torch.Tensor) -> torch.Tensor:
        path.counts.backward += len(presence[0])
        below = [state for cut, part in zip(cuts, presence, strict=True) for state in cut.below(part)]
        states = tap(*below)
        output = path.route([one for cut, own in _shared(cuts, states) for one in cut.above(own)])
        return value(output) + 0 * sum(part.flatten(1).sum(1) for part in (*presence, *states))  # all in the graph

    flows = LayerConductance(run, tap).attribute(
        path.at(torch.ones(1)),
        path.at(torch.zeros(1)),
        n_steps=steps,
        method="riemann_trapezoid",  # its nodes include both ends of the path, which Captum takes differences between
        internal_batch_size=max(2, path.rows),
    )
    flows = flows if isinstance(flows, tuple) else (flows,)
    flows = [flow[0].sum(-1).detach() for flow in flows]  # (n,) of each state
    return torch.cat([cut.of_words(own) for cut, own in _shared(cuts, flows)])


def _shared(cuts: list[Cut], states) -> list[tuple[Cut, list]]:
    """Each cut with its own of the states of all."""
    left = iter(states)
    return [(cut, list(islice(left, cut.count))) for cut in cuts]
