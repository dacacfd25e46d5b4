"""Warm starts of a training run: a curriculum, a warm-up of the head, and weights of another checkpoint."""

import copy

import torch
from transformers import set_seed

from dualroute.api import load
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.training.run import Run


def curriculum(run: Run, model: DualRouteModel) -> list[dict]:
    """Train `model` for `easy_epochs` on the rows that `Task.easy` selects, before it sees the others.

    If most rows can be half answered by a guess from x, an untrained encoder of the context adds only noise to them,
    and the model settles for the guess. On rows that cannot be guessed it learns to read the context first.

    Returns the scores after each epoch on the held-out rows of that kind, or on all held-out rows if there are none.
    """
    part = run.encoded(model.backbone, model.config, "easy", run.task.easy)
    return run.fit(model, part, run.settings.easy_epochs)


def head_warmup(run: Run, model: DualRouteModel) -> list[dict]:
    """Copy to `model`, whose top layers are tuned, the weights of a model trained on the frozen backbone.

    An epoch on cached features of the last layer costs a fraction of one through tuned layers. Untrained adapters
    change nothing, so the tuned model starts exactly where the frozen one ended after `frozen_epochs`.

    Returns the scores after each epoch.
    """
    config = copy.deepcopy(model.config)
    config.tuned_layers = 0
    set_seed(run.settings.seed)  # so that the model equals a frozen one trained alone
    frozen = DualRouteModel(config)
    scores = run.fit(frozen, run.encoded(model.backbone, config, "frozen"), run.settings.frozen_epochs)
    model.load_state_dict(frozen.cpu().state_dict(), strict=False)
    return scores


CONTEXT_WEIGHTS = ("encoder.", "context_state.", "direct_state.", "reader.")  # prefixes; the encoder of h comes first


@torch.no_grad()
def init_from(model: DualRouteModel, checkpoint: str) -> list[str]:
    """Copy to `model` the weights of `checkpoint` that encode and read the context, and return their names.

    Weights are copied if name and shape agree. Raises ValueError if none of the context's encoder do.
    """
    source, own = load(checkpoint).model.state_dict(), model.state_dict()
    common = [name for name in own if name.startswith(CONTEXT_WEIGHTS) and name in source]
    shared = [name for name in common if source[name].shape == own[name].shape]
    if not any(name.startswith(CONTEXT_WEIGHTS[0]) for name in shared):
        raise ValueError(f"cannot start from {checkpoint!r}: its encoder of the context has a different architecture")
    for name in shared:
        own[name].copy_(source[name])
    return shared
