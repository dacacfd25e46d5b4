"""A head start for layers that are tuned: everything above them first learns on what the frozen backbone says.

An epoch over the last layer's features costs a fraction of one through layers that are tuned, and untrained adapters
change nothing: so the tuned model begins where the frozen one ended, exactly.
"""

import copy
from dataclasses import replace
from pathlib import Path

from transformers import set_seed

from dualroute.model.dual_route import DualRouteModel
from dualroute.training.data import encode_examples
from dualroute.training.rows import Splits
from dualroute.training.settings import TrainingSettings
from dualroute.training.trainer import epochs, make_trainer


def start_frozen(
    model: DualRouteModel, rows: Splits, settings: TrainingSettings, state: Path, cache: Path, metric: str, before=None
) -> list[dict]:
    """Give `model`, whose top layers are tuned, the weights of a frozen one trained for `settings.frozen_epochs`.

    before  the last epoch that the trainer kept in `state`, of a run that was cut short
    Returns the scores after each epoch.
    """
    config = copy.deepcopy(model.config)
    config.tuned_layers = 0
    set_seed(settings.seed)  # as a frozen model trained on its own
    frozen = DualRouteModel(config)
    train, held_out = (
        encode_examples(model.backbone, part, config, cache, f"frozen {name}")
        for part, name in ((rows.train, "train"), (rows.validation, "validation"))
    )
    trainer = make_trainer(frozen, train, held_out, state, replace(settings, epochs=settings.frozen_epochs), metric)
    trainer.train(resume_from_checkpoint=before and str(before))
    model.load_state_dict(frozen.cpu().state_dict(), strict=False)
    return epochs(trainer)
