"""A head start on the rows that teach most: what the context shows is learned before what can be asked of it.

Where most rows can half be answered by a guess from x, what an untrained encoder of the context says is only noise
to them, and the model settles for the guess. On rows that cannot be guessed it learns to look first.


A head start for layers that are tuned: everything above them first learns on what the frozen backbone says.

An epoch over the last layer's features costs a fraction of one through layers that are tuned, and untrained adapters
change nothing: so the tuned model begins where the frozen one ended, exactly.


A start from another checkpoint's way of seeing its context, where one's own data are too few to learn it.
"""

import copy

import torch
from transformers import set_seed

from dualroute.api import load
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.training.run import Run


def start_easy(run: Run, model: DualRouteModel) -> list[dict]:
    """Train `model` for `easy_epochs` on the rows that the task says are to be learned first.

    Returns the scores after each epoch, on the held-out rows of that kind; on all of them where there are none.
    """
    part = run.encoded(model.backbone, model.config, "easy", run.task.easy)
    return run.fit(model, part, run.settings.easy_epochs)


def start_frozen(run: Run, model: DualRouteModel) -> list[dict]:
    """Give `model`, whose top layers are tuned, the weights of a frozen one trained for `frozen_epochs`.

    Returns the scores after each epoch.
    """
    config = copy.deepcopy(model.config)
    config.tuned_layers = 0
    set_seed(run.settings.seed)  # as a frozen model trained on its own
    frozen = DualRouteModel(config)
    scores = run.fit(frozen, run.encoded(model.backbone, config, "frozen"), run.settings.frozen_epochs)
    model.load_state_dict(frozen.cpu().state_dict(), strict=False)
    return scores


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
