"""One training run: what all of its parts share. A part fits a model to some rows, and a head start is a part too."""

from dataclasses import dataclass, replace
from pathlib import Path

from dualroute.config import DualRouteConfig
from dualroute.model.backbone import FrozenBackbone
from dualroute.model.dual_route import DualRouteModel
from dualroute.tasks import Example, Task
from dualroute.training.data import RoutingDataset, encode_examples
from dualroute.training.rows import Splits, load_splits, with_pool
from dualroute.training.run_state import claim
from dualroute.training.settings import TrainingSettings
from dualroute.training.trainer import make_trainer


@dataclass(frozen=True)
class Part:
    """A part of a run by its name, which is empty for the run itself: `train` and `held_out` are what it fits to."""

    name: str
    train: RoutingDataset
    held_out: RoutingDataset


@dataclass(frozen=True)
class Run:
    """What the parts of a run share.

    rows      those there is something to learn from
    state     folder in which every part keeps its last epochs, to go on from
    identity  everything that decides what the run ends with
    cache, pictures  as for `encode_examples`
    """

    task: Task
    rows: Splits
    settings: TrainingSettings
    state: Path
    identity: dict
    cache: Path
    pictures: Path

    def claim(self, part: str = "") -> Path | None:
        """The last epoch a part has kept; None where it is to begin. Raises ValueError as `run_state.claim` does."""
        return claim(self.state / part, self.identity)

    def encoded(self, backbone: FrozenBackbone, config: DualRouteConfig, name: str = "", chosen=None) -> Part:
        """The rows as tensors, of which training changes pictures where the settings say so.

        chosen  says of a row whether the part is of it; all rows where it is none of a split
        Raises ValueError as `encode_examples` does.
        """

        def encode(rows: list[Example], split: str) -> RoutingDataset:
            some = list(filter(chosen, rows)) or rows if chosen else rows
            return encode_examples(backbone, some, config, self.cache, f"{name} {split}".strip(), self.pictures)

        train, held_out = encode(self.rows.train, "train"), encode(self.rows.validation, "validation")
        if self.settings.vary:
            train.h = train.h.varied()
        return Part(name, train, held_out)

    def fit(self, model: DualRouteModel, part: Part, epochs: int) -> list[dict]:
        """Train `model` for so many epochs, going on from the last one that was kept; the scores after each."""
        before = self.claim(part.name)
        settings, state = replace(self.settings, epochs=epochs), self.state / part.name
        trainer = make_trainer(model, part.train, part.held_out, state, settings, self.task.metric)
        trainer.train(resume_from_checkpoint=before and str(before))
        return [entry for entry in trainer.state.log_history if "eval_routed" in entry]


def rows_of(task: Task, data: Path, settings: TrainingSettings) -> Splits:
    """All rows that a run of these settings learns from and chooses by. Raises as `load_splits` and `with_pool` do."""
    rows = load_splits(task, data, settings.extra, settings.seed, settings.max_rows)
    return with_pool(rows, task, data, settings.pool, settings.pool_rows, settings.seed)
