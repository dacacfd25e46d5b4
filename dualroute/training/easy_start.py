"""A head start on the rows that teach most: what the context shows is learned before what can be asked of it.

Where most rows can half be answered by a guess from x, what an untrained encoder of the context says is only noise
to them, and the model settles for the guess. On rows that cannot be guessed it learns to look first.
"""

from dataclasses import replace
from pathlib import Path

from dualroute.model.dual_route import DualRouteModel
from dualroute.tasks import Task
from dualroute.training.data import encode_examples
from dualroute.training.rows import Splits
from dualroute.training.settings import TrainingSettings
from dualroute.training.trainer import epochs, make_trainer


def start_easy(
    model: DualRouteModel,
    task: Task,
    rows: Splits,
    settings: TrainingSettings,
    state: Path,
    cache: Path,
    images: Path,
    before,
) -> list[dict]:
    """Train `model` for `settings.easy_epochs` on the rows that `task.easy` says are to be learned first.

    before  the last epoch that the trainer kept in `state`, of a run that was cut short
    Returns the scores after each epoch, on the held-out rows of that kind; on all of them where there are none.
    """
    train, held_out = (
        encode_examples(
            model.backbone, list(filter(task.easy, part)) or part, model.config, cache, f"easy {name}", images
        )
        for part, name in ((rows.train, "train"), (rows.validation, "validation"))
    )
    if settings.vary:
        train.h = train.h.varied()
    trainer = make_trainer(model, train, held_out, state, replace(settings, epochs=settings.easy_epochs), task.metric)
    trainer.train(resume_from_checkpoint=before and str(before))
    return epochs(trainer)
