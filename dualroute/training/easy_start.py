"""A head start on the rows that teach most: what the context shows is learned before what can be asked of it.

Where most rows can half be answered by a guess from x, what an untrained encoder of the context says is only noise
to them, and the model settles for the guess. On rows that cannot be guessed it learns to look first.
"""

from dualroute.model.dual_route import DualRouteModel
from dualroute.training.run import Run


def start_easy(run: Run, model: DualRouteModel) -> list[dict]:
    """Train `model` for `easy_epochs` on the rows that the task says are to be learned first.

    Returns the scores after each epoch, on the held-out rows of that kind; on all of them where there are none.
    """
    part = run.encoded(model.backbone, model.config, "easy", run.task.easy)
    return run.fit(model, part, run.settings.easy_epochs)
