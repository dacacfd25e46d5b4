"""Read checkpoints from the files in their folders, without loading a model."""

import hashlib
import json
from dataclasses import dataclass, fields
from math import prod
from pathlib import Path

from safetensors import safe_open

from dualroute.families.dual_route.settings import ModelSettings
from dualroute.tasks import TASKS, Task
from dualroute.tasks.base import Kinds

TRAINING_RECORD = "training.json"
VARIANT = "__"  # between a task's name and what is different about a further checkpoint of it


@dataclass(frozen=True)
class Checkpoint(Kinds):
    """A folder with `config.json`, `model.safetensors` and `training.json`.

    bytes       size of the weight file
    parameters  number of stored weights
    """

    folder: Path
    config: dict
    training: dict
    bytes: int
    parameters: int

    @classmethod
    def read(cls, folder: Path) -> "Checkpoint":
        """Return the checkpoint in `folder`. Raises FileNotFoundError if it has no weights."""
        weights = folder / "model.safetensors"
        if not weights.is_file():
            raise FileNotFoundError(f"no checkpoint in {folder}")
        with safe_open(weights, framework="numpy") as stored:
            parameters = sum(prod(stored.get_slice(key).get_shape()) for key in stored.keys())  # noqa: SIM118
        config, training = (_read(folder / name) for name in ("config.json", TRAINING_RECORD))
        return cls(folder, config, training, weights.stat().st_size, parameters)

    @property
    def name(self) -> str:
        """The folder's name: that of a task, or `task__variant`."""
        return self.folder.name

    @property
    def task(self) -> Task | None:
        """The task the checkpoint was trained for, or None if it is not one of `TASKS`."""
        return TASKS.get(self.config["task"])

    @property
    def title(self) -> str:
        """The title for readers, see `title_of`."""
        return title_of(self.name)

    def revision(self) -> str:
        """Return the first 12 digits of the weights' sha256, which traces and results store."""
        with (self.folder / "model.safetensors").open("rb") as weights:
            return hashlib.file_digest(weights, "sha256").hexdigest()[:12]

    def command(self) -> str:
        """Return the command that trained it: the task's, with the options of a variant; empty if unknown."""
        command, (name, *variant) = self.task.command if self.task else "", self.name.split(VARIANT)
        if not command or not variant:
            return command
        standard = self.folder.parent / name
        names = [item.name for item in fields(ModelSettings)]
        options = _changes(_read(standard / "config.json"), self.config, names)
        before, now = (found.get("settings", {}) for found in (_read(standard / "training.json"), self.training))
        options += _changes(before, now, [key for key in now if key != "extra"])
        return " ".join([command.replace(f"runs/{name}", f"runs/{self.name}"), *options])


def title_of(name: str) -> str:
    """Return the title for readers of a checkpoint `task` or `task__variant`: the task's title, then the variant."""
    base, *variant = name.split(VARIANT)
    title = TASKS[base].title if base in TASKS else base
    return f"{title}, {' '.join(variant).replace('_', ' ')}" if variant else title


def _changes(before: dict, now: dict, keys) -> list[str]:
    """Return options for the settings that differ; a setting that only one of the two has is newer, and a default."""
    return [_option(key, now[key]) for key in keys if key in before and key in now and now[key] != before[key]]


def _option(key: str, value) -> str:
    if key == "early":
        return "--early" if value else "--full"
    return f"--{key.replace('_', '-')} {len(value) if key == 'flows' else value}"


def _read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
