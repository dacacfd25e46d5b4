"""Checkpoints by what lies in their folders, without loading a model."""

import hashlib
import json
from dataclasses import dataclass, fields
from math import prod
from pathlib import Path

from safetensors import safe_open

from dualroute.families.dual_route.settings import ModelSettings
from dualroute.tasks import TASKS, Task

VARIANT = "__"  # between a task's name and what is different about a further checkpoint of it


@dataclass(frozen=True)
class Checkpoint:
    """A folder of `config.json`, `model.safetensors` and `training.json`.

    bytes, parameters  of the weight file
    """

    folder: Path
    config: dict
    training: dict
    bytes: int
    parameters: int

    @classmethod
    def read(cls, folder: Path) -> "Checkpoint":
        """Raises FileNotFoundError for a folder without a checkpoint."""
        weights = folder / "model.safetensors"
        if not weights.is_file():
            raise FileNotFoundError(f"no checkpoint in {folder}")
        with safe_open(weights, framework="numpy") as stored:
            parameters = sum(prod(stored.get_slice(key).get_shape()) for key in stored.keys())  # noqa: SIM118
        config, training = (_read(folder / name) for name in ("config.json", "training.json"))
        return cls(folder, config, training, weights.stat().st_size, parameters)

    @property
    def name(self) -> str:
        """The folder's name: a task's, or `task__variant`."""
        return self.folder.name

    @property
    def task(self) -> Task | None:
        """The task it was trained for, if that is a known one."""
        return TASKS.get(self.config["task"])

    @property
    def title(self) -> str:
        """For people: the task's title, and what is different about a variant."""
        return title_of(self.name)

    def revision(self) -> str:
        """The first digits of its weights' sha256, as traces and results name it."""
        with (self.folder / "model.safetensors").open("rb") as weights:
            return hashlib.file_digest(weights, "sha256").hexdigest()[:12]

    def command(self) -> str:
        """How it was trained: the task's command, for a variant with what its settings change; empty if unknown."""
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
    """For people: the title of the task called `name`; of `task__variant` with the variant behind it."""
    base, *variant = name.split(VARIANT)
    title = TASKS[base].title if base in TASKS else base
    return f"{title}, {' '.join(variant).replace('_', ' ')}" if variant else title


def _changes(before: dict, now: dict, keys) -> list[str]:
    """Options for what differs. A setting that only one of the two knows came later, and is a default there."""
    return [_option(key, now[key]) for key in keys if key in before and key in now and now[key] != before[key]]


def _option(key: str, value) -> str:
    if key == "early":
        return "--early" if value else "--full"
    return f"--{key.replace('_', '-')} {len(value) if key == 'flows' else value}"


def _read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
