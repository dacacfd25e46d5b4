"""What a training run was started with, kept beside its state: going on with anything else would mix two runs.

One training run: what all of its parts share. A part fits a model to some rows, and a head start is a part too.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from transformers.trainer import TRAINER_STATE_NAME

from dualroute.data.batches import RoutingDataset, encode_examples
from dualroute.data.splits import Splits, load_splits, with_pool
from dualroute.families.dual_route.backbone import FrozenBackbone
from dualroute.families.dual_route.config import DualRouteConfig
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.tasks import Example, Task
from dualroute.training.settings import TrainingSettings
from dualroute.training.trainer import make_trainer

FILE = "run.json"


def claim(state: Path, identity: dict) -> Path | None:
    """The last epoch kept in `state`, to go on from; None for a new run, whose `identity` is then noted there.

    Raises ValueError when the state is of a run with another identity, naming what differs.
    """
    identity = json.loads(json.dumps(identity))
    last = _last_epoch(state)
    if last:
        require_same(state, _read(state), identity)
        return last
    state.mkdir(parents=True, exist_ok=True)
    (state / FILE).write_text(json.dumps(identity, indent=1) + "\n")
    return None


def _last_epoch(state: Path) -> Path | None:
    """The trainer writes a checkpoint's own state last: a folder without it was cut short."""
    whole = [path.parent for path in state.glob(f"checkpoint-*/{TRAINER_STATE_NAME}")]
    return max(whole, key=lambda folder: int(folder.name.rpartition("-")[2]), default=None)


def _read(state: Path) -> dict:
    path = state / FILE
    return json.loads(path.read_text()) if path.is_file() else {}


def require_same(state: Path, before: dict, now: dict) -> None:
    differing = [name for name in now if before.get(name) != now[name]]
    if not differing:
        return
    changes = ", ".join(f"{name} was {_short(before.get(name))}, is {_short(now[name])}" for name in differing)
    raise ValueError(
        f"{state} holds an unfinished or finished run with other settings ({changes}); "
        "repeat those settings to go on with it, choose another --out, or delete that folder"
    )


def _short(value) -> str:
    text = "not recorded" if value is None else str(value)
    return text if len(text) <= 40 else f"{text[:12]}…"


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
