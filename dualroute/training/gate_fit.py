"""Fit the router alone to the exact effects of reading, after the rest of the model is trained.

Trained together with the answers, a gate opens for whatever lowers the loss a little. Here it learns which tokens have
to read: each token's target is what its reading adds to the probability of the right class, while a small set of other
tokens reads. The logits are a sum of the tokens' parts, so these effects need no further pass of the model.
"""

from dataclasses import replace

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from dualroute.families.dual_route.config import ROUTERS, DualRouteConfig
from dualroute.families.dual_route.outputs import DualRouteOutput, Parts
from dualroute.training.settings import TrainingSettings
from dualroute.training.trainer import RoutingLoss, RoutingTrainer

LEAST = 0.02  # of probability, what a token adds that joins or stays in the set
FULL = 0.05  # of probability, from which on a gate should be fully open


def check_gates(settings: TrainingSettings, config: DualRouteConfig) -> None:
    """Raise ValueError where a new router is asked for that there is not, or whose tokens have no exact effect."""
    if settings.gate_router and settings.gate_router not in ROUTERS:
        raise ValueError(f"--gate-router must be one of {', '.join(ROUTERS)}; not {settings.gate_router!r}")
    if settings.gate_epochs and (config.writes_text or config.finds_span or len(config.flows) > 2):
        raise ValueError("--gate-epochs serves models with labels and two flows: there each token's effect is exact")


class GateTrainer(RoutingTrainer):
    """Trains the router alone; the best epoch is the one whose loss on the held-out rows is least."""

    best = "loss", False

    def __init__(self, model, *args, **settings):
        model.requires_grad_(False)
        model.router.requires_grad_(True)
        super().__init__(model, *args, **settings)

    def training_step(self, model, inputs, num_items_in_batch=None):
        # `Trainer` switches all parts to training before each step; the frozen ones stay as in use, without dropout.
        model.eval()
        model.get_submodule("router").train()
        return super().training_step(model, inputs, num_items_in_batch)

    def _loss_of(self, model, output: DualRouteOutput, labels) -> RoutingLoss:
        return replace(super()._loss_of(model, output, labels), loss=gate_loss(output, labels))


def gate_loss(output: DualRouteOutput, labels: torch.Tensor) -> torch.Tensor:
    """Return the mean cross-entropy of the gates against their targets, min(1, effect / FULL), over readable tokens.

    labels  (B,) index of the right class
    """
    readable = output.mask.bool() & (output.context_mask.sum(1, keepdim=True) > 0)  # (B,T)
    if not readable.any():
        return output.router_logits.sum() * 0
    with torch.no_grad():
        parts = output.parts
        targets = (effects(parts, reading_set(parts, readable, labels), labels) / FULL).clamp(0, 1)
    return binary_cross_entropy_with_logits(output.router_logits[readable], targets[readable])


def reading_set(parts: Parts, readable: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return which tokens read, (B,T) of 0 and 1, so that the right class gains much by few of them.

    Token by token the one joins that adds most to the probability of the right class, as long as it adds `LEAST`. Then
    those leave, least first, that add less by now.

    readable  (B,T) bool, the tokens that may read
    """
    reads = torch.zeros_like(parts.mask, dtype=parts.read.dtype)
    for now, then, extreme in ((0, 1, torch.max), (1, 0, torch.min)):
        refused = -torch.inf if then else torch.inf  # the effect of tokens that this round does not ask
        while True:
            asked = readable & (reads == now)
            best, token = extreme(effects(parts, reads, labels).where(asked, refused), dim=1)
            moves = (best >= LEAST) if then else (best < LEAST)
            if not moves.any():
                break
            rows = moves.nonzero()[:, 0]
            reads[rows, token[rows]] = then
    return reads


def effects(parts: Parts, reads: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return what each token's reading adds to the probability of its row's class, (B,T) from −1 to 1.

    reads  (B,T) which other tokens read
    labels (B,) the class of each row
    """
    wanted = labels[:, None, None].expand(-1, reads.shape[1], 1)
    return parts.reading_effects(reads).gather(2, wanted)[..., 0]
