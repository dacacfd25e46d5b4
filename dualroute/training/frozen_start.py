"""A head start for layers that are tuned: everything above them first learns on what the frozen backbone says.

An epoch over the last layer's features costs a fraction of one through layers that are tuned, and untrained adapters
change nothing: so the tuned model begins where the frozen one ended, exactly.
"""

import copy

from transformers import set_seed

from dualroute.model.dual_route import DualRouteModel
from dualroute.training.run import Run


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
