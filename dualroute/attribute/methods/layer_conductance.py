"""Attribution to the states of a layer, place by place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dualroute.attribute.method import MethodRequest, MethodResult, Parameter, attribution_method

if TYPE_CHECKING:
    import torch

    from dualroute.families.attribution_function import AttributionFunction, LayerSplit, TargetValue


@attribution_method(
    "Layer conductance",
    captum="LayerConductance",
    trust="Where in a layer the change passes through; a place there holds what its neighbours sent it too.",
    source="Dhamdhere et al. 2019",
    passes=lambda units, parameters: (parameters["n_steps"] + 1, parameters["n_steps"] + 1),
    parameters=(
        Parameter("n_steps", "steps", 50, 1, 1_000, help="Nodes on the path from the baseline."),
        Parameter("layer", "layer", None, 0, 48, help="0: the embeddings; empty: the last layer."),
    ),
)
def layer_conductance(request: MethodRequest) -> MethodResult:
    """The flow through each place of a layer on the way from the baseline (Dhamdhere et al. 2019, eq. 3).

    A word has the score of its own place. Behind the last layer only these places are read, so that the scores add up
    to the change; in lower layers special tokens have a share too, which is left out here.
    Raises ValueError for a layer that the model does not have, and for a family that does not give its layers' states.
    """
    import torch

    function, steps = request.function, request.parameters["n_steps"]
    split = function.layer_split(request.parameters["layer"])
    scores = torch.stack([_conductance(function, split, value, steps) for value in function.values])
    return MethodResult.of(request.units.summed(scores), steps=steps)


def _conductance(function: AttributionFunction, split: LayerSplit, value: TargetValue, steps: int) -> torch.Tensor:
    """(ΣT_i,) of one target."""
    import torch
    from captum.attr import LayerConductance

    class StatesPassthrough(torch.nn.Module):
        """A module that returns the states of the layer, for Captum to hook."""

        def forward(self, *states: torch.Tensor) -> tuple[torch.Tensor, ...]:
            return states

    passthrough = StatesPassthrough()

    def run(*presence: torch.Tensor) -> torch.Tensor:
        function.counts.backward += len(presence[0])
        states = passthrough(*split.states(*presence))
        output = split.output(states)
        return value(output) + 0 * sum(part.flatten(1).sum(1) for part in (*presence, *states))  # all in the graph

    flows = LayerConductance(run, passthrough).attribute(
        function.at(torch.ones(1)),
        function.at(torch.zeros(1)),
        n_steps=steps,
        method="riemann_trapezoid",  # its nodes include both ends of the path, between which Captum takes differences
        internal_batch_size=max(2, function.rows),
    )
    flows = flows if isinstance(flows, tuple) else (flows,)
    return split.scores([flow[0].sum(-1).detach() for flow in flows])  # of each state (n,)
