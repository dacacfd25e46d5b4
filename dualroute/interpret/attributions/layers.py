"""Attribution to what a layer holds, place by place."""

from itertools import islice

import torch
from captum.attr import LayerConductance
from torch import nn

from dualroute.interpret.attributions.asked import Asked, Found, found
from dualroute.interpret.attributions.cut import Cut, cuts_at
from dualroute.interpret.presence import Path
from dualroute.interpret.target_values import Value


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
