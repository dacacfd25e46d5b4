"""What training minimises."""

from dataclasses import dataclass

import torch

from dualroute.outputs import DualRouteOutput
from dualroute.policies import FLOWS, flow_weights, parts
from dualroute.training.objectives import OBJECTIVES


@dataclass(frozen=True)
class LossWeights:
    """loss = routed + flow·(mean over the flows alone) + budget·mean ρ.

    flow        keeps a forced flow in distribution: direct and merged, and with three flows context too
    budget      λ: what reading costs, so that the gate has to choose
    hard_share  share of the rows routed by the hard decision, gradients passing straight through
    """

    flow: float = 1.0
    budget: float = 0.1
    hard_share: float = 0.5


@dataclass(frozen=True, eq=False)
class RoutingLoss:
    """The loss of a batch, and what the routed output and each flow alone answered."""

    loss: torch.Tensor
    routed: torch.Tensor
    direct: torch.Tensor
    merged: torch.Tensor


def routing_loss(model, output: DualRouteOutput, labels, weights: LossWeights) -> RoutingLoss:
    """Loss of a batch that was run with policy `soft`."""
    objective = OBJECTIVES[model.config.readout]
    kappa, rho = parts(_straight_through(output.gates, weights.hard_share))
    cost = weights.budget * mean_reading(rho, output.mask, output.context_mask)
    if model.training and objective.one_flow_per_row:
        drawn = objective.predict(model, output, labels, *_one_flow_each(kappa, rho, output.gates.shape[-1], weights))
        return RoutingLoss((1 + weights.flow) * objective.loss(drawn, labels) + cost, drawn, drawn, drawn)
    routed = objective.predict(model, output, labels, kappa, rho)
    direct = objective.predict(model, output, labels, 1.0, 0.0)
    merged = objective.predict(model, output, labels, 1.0, 1.0)
    alone = [direct, merged]
    if output.gates.shape[-1] == len(FLOWS):
        alone.append(objective.predict(model, output, labels, 0.0, 1.0))
    flows = sum(objective.loss(flow, labels) for flow in alone) / len(alone)
    loss = objective.loss(routed, labels) + weights.flow * flows + cost
    return RoutingLoss(loss, routed, direct, merged)


def mean_reading(rho, mask, context_mask):
    """Mean of ρ over the tokens that have a context to read."""
    counted = mask * (context_mask.sum(1, keepdim=True) > 0)
    return (rho * counted).sum() / counted.sum().clamp(min=1)


def _one_flow_each(kappa, rho, flows: int, weights: LossWeights):
    """(κ, ρ), (B,T) each, where a row keeps its route or is sent by one flow alone, at random.

    The odds are those that leave the mean loss what it is with all flows of every row.
    """
    alone = torch.tensor([(1, 0), (1, 1), (0, 1)][:flows], dtype=kappa.dtype, device=kappa.device)  # (κ, ρ) of each
    kept = torch.rand(len(kappa), 1, device=kappa.device) * (1 + weights.flow) < 1
    drawn = alone[torch.randint(flows, (len(kappa),), device=kappa.device)]  # (B,2)
    return torch.where(kept, kappa, drawn[:, :1]), torch.where(kept, rho, drawn[:, 1:])


def _straight_through(gates, hard_share: float):
    """Flow weights (B,T,R): for a share of the rows the hard decision, with the soft one's gradient."""
    hard = flow_weights("threshold" if gates.shape[-1] == 2 else "select", gates.detach(), 0.5)
    chosen = (torch.rand(len(gates), device=gates.device) < hard_share)[:, None, None]
    return torch.where(chosen, gates + hard - gates.detach(), gates)
