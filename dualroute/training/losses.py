"""What training minimises."""

from dataclasses import dataclass

import torch
from torch.nn.functional import cross_entropy

from dualroute.outputs import DualRouteOutput
from dualroute.policies import flow_weights, parts


@dataclass(frozen=True)
class LossWeights:
    """loss = routed + flow·(direct + merged)/2 + budget·mean ρ.

    flow        keeps a forced flow in distribution
    budget      λ: what reading costs, so that the gate has to choose
    hard_share  share of the rows routed by the hard decision, gradients passing straight through
    """

    flow: float = 1.0
    budget: float = 0.1
    hard_share: float = 0.5


def routing_loss(output: DualRouteOutput, labels, mask, context_mask, weights: LossWeights):
    """(loss, routed logits (B,C)) of a batch that was run with policy `soft`. mask (B,T), context_mask (B,S)."""
    route = _straight_through(output.gates, weights.hard_share)
    kappa, rho = parts(route)
    routed = kappa[..., None] * output.direct_contributions + rho[..., None] * output.read_contributions
    logits = output.bias + routed.sum(1)
    flows = (cross_entropy(output.direct_logits, labels) + cross_entropy(output.merged_logits, labels)) / 2
    cost = mean_reading(rho, mask, context_mask)
    return cross_entropy(logits, labels) + weights.flow * flows + weights.budget * cost, logits


def mean_reading(rho, mask, context_mask):
    """Mean of ρ over the tokens that have a context to read."""
    counted = mask * (context_mask.sum(1, keepdim=True) > 0)
    return (rho * counted).sum() / counted.sum().clamp(min=1)


def _straight_through(gates, hard_share: float):
    """Flow weights (B,T,R): for a share of the rows the hard decision, with the soft one's gradient."""
    hard = flow_weights("threshold" if gates.shape[-1] == 2 else "select", gates.detach(), 0.5)
    chosen = (torch.rand(len(gates), device=gates.device) < hard_share)[:, None, None]
    return torch.where(chosen, gates + hard - gates.detach(), gates)
