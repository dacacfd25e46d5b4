"""A training run that can be interrupted and resumed, and its parts: the main training and any warm starts."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from transformers.trainer import TRAINER_STATE_NAME

from dualroute.data.batches import RoutingDataset, encode_examples
from dualroute.data.features.image import PictureFeatures
from dualroute.data.splits import Splits, load_splits, with_pool
from dualroute.families.dual_route.backbone import FrozenBackbone
from dualroute.families.dual_route.config import DualRouteConfig
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.tasks import Example, Task
from dualroute.training.settings import TrainingSettings
from dualroute.training.trainer import RoutingTrainer, make_trainer

FILE = "run.json"


def claim(state: Path, identity: dict) -> Path | None:
    """Return the last complete epoch in `state`, to resume from; for a new run, store `identity` and return None.

    Raises ValueError that names the differences if the state belongs to a run with a different identity.
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
    """Return the newest complete folder of the trainer, which writes its state file last."""
    complete = [path.parent for path in state.glob(f"checkpoint-*/{TRAINER_STATE_NAME}")]
    return max(complete, key=lambda folder: int(folder.name.rpartition("-")[2]), default=None)


def _read(state: Path) -> dict:
    path = state / FILE
    return json.loads(path.read_text()) if path.is_file() else {}


def require_same(state: Path, before: dict, now: dict) -> None:
    """Raise ValueError if a value of `now` differs from the one in `before`, the identity of the run in `state`."""
    differing = [name for name in now if before.get(name) != now[name]]
    if not differing:
        return
    changes = ", ".join(f"{name} was {_short(before.get(name))}, is {_short(now[name])}" for name in differing)
    raise ValueError(
        f"{state} holds an unfinished or finished run with other settings ({changes}); "
        "use those settings to resume it, choose another --out, or delete that folder"
    )


def _short(value) -> str:
    text = "not recorded" if value is None else str(value)
    return text if len(text) <= 40 else f"{text[:12]}…"


@dataclass(frozen=True)
class Part:
    """A part of a run: the rows it trains on and those it is evaluated on. The main part has an empty name."""

    name: str
    train: RoutingDataset
    held_out: RoutingDataset


@dataclass(frozen=True)
class Run:
    """The settings and data that all parts of a run share.

    rows             rows that can be trained on
    state            folder in which every part stores its last epochs
    identity         everything that determines the result of the run
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
        """Return the last epoch of a part, or None if the part has not begun. Raises ValueError as `claim` does."""
        return claim(self.state / part, self.identity)

    def encoded(self, backbone: FrozenBackbone, config: DualRouteConfig, name: str = "", select=None) -> Part:
        """Return the part `name` with its rows as tensors; training varies pictures if the settings say so.

        select  function that says whether a row belongs to the part; None, or no such row in a split: all rows
        Raises ValueError as `encode_examples` does.
        """

        def encode(rows: list[Example], split: str) -> RoutingDataset:
            selected = list(filter(select, rows)) or rows if select else rows
            return encode_examples(backbone, selected, config, self.cache, f"{name} {split}".strip(), self.pictures)

        train, held_out = encode(self.rows.train, "train"), encode(self.rows.validation, "validation")
        if self.settings.vary:
            if not isinstance(train.h, PictureFeatures):
                raise ValueError("only pictures can be varied: the context of this model is none")
            train.h = train.h.varied()
        return Part(name, train, held_out)

    def fit(
        self, model: DualRouteModel, part: Part, epochs: int, kind: type[RoutingTrainer] = RoutingTrainer
    ) -> list[dict]:
        """Train `model` for `epochs`, resuming if the part has begun, and return the scores after each epoch."""
        before = self.claim(part.name)
        settings, state = replace(self.settings, epochs=epochs), self.state / part.name
        trainer = make_trainer(model, part.train, part.held_out, state, settings, self.task.metric, kind)
        trainer.train(resume_from_checkpoint=before and str(before))
        return [entry for entry in trainer.state.log_history if "eval_routed" in entry]


def rows_of(task: Task, data: Path, settings: TrainingSettings) -> Splits:
    """Return all rows of a run with these settings. Raises as `load_splits` and `with_pool` do."""
    rows = load_splits(task, data, settings.extra, settings.seed, settings.max_rows)
    return with_pool(rows, task, data, settings.pool, settings.pool_rows, settings.seed)
