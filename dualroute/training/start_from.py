"""A start from another checkpoint's way of seeing its context, where one's own data are too few to learn it."""

import torch

from dualroute.api import load
from dualroute.model.dual_route import DualRouteModel

SEEING = ("encoder.", "context_state.", "direct_state.", "reader.")


@torch.no_grad()
def start_from(model: DualRouteModel, checkpoint: str) -> list[str]:
    """Give `model` the weights of `checkpoint` with which that one sees and reads its context; returns their names.

    Raises ValueError where no weight of the context's encoder has the same name and shape, for then nothing is shared.
    """
    known, own = load(checkpoint).model.state_dict(), model.state_dict()
    seeing = [name for name in own if name.startswith(SEEING) and name in known]
    shared = [name for name in seeing if known[name].shape == own[name].shape]
    if not any(name.startswith(SEEING[0]) for name in shared):
        raise ValueError(f"nothing of {checkpoint!r} fits: its encoder of the context is another one")
    for name in shared:
        own[name].copy_(known[name])
    return shared
