"""Checkpoints without loading a model: where their files lie, and what these say. Shipped ones, and a user's own."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from math import prod
from pathlib import Path

from safetensors import safe_open

from dualroute.families.dual_route.settings import ModelSettings
from dualroute.families.model_folders import file_sha256
from dualroute.paths import assets_dir, shipped, shipped_gates
from dualroute.rows.stored import OWN_ROWS
from dualroute.tasks import TASKS, Task
from dualroute.tasks.base import Kinds, custom_task

CONFIG, WEIGHTS, TRAINING_RECORD = "config.json", "model.safetensors", "training.json"
LANGUAGE = "context_lm"  # the family of language models, whose checkpoints are gates
VARIANT = "__"  # between a task's name and what is different about a further checkpoint of it
OWN = "DUALROUTE_CHECKPOINTS"  # environment variable: folders of a user's own checkpoints, joined as in PATH


@dataclass(frozen=True)
class CheckpointFiles:
    """Where a checkpoint lies, and what was measured with it; only `folder` must exist.

    A shipped checkpoint has its files among the assets, any other all of them in its folder.
    """

    name: str
    folder: Path
    rows: Path
    results: Path
    examples: Path
    is_shipped: bool

    @classmethod
    def shipped(cls, name: str) -> "CheckpointFiles":
        """Return the files of a checkpoint of the assets."""
        root = assets_dir()
        places = root / "rows" / f"{name}.npz", root / "results" / f"{name}.json", root / "examples" / f"{name}.jsonl"
        return cls(name, root / "checkpoints" / name, *places, is_shipped=True)

    @classmethod
    def own(cls, name: str, folder: Path) -> "CheckpointFiles":
        """Return the files of a folder that `train` wrote."""
        return cls(
            name, folder, folder / OWN_ROWS, folder / "results.json", folder / "examples.jsonl", is_shipped=False
        )


def served() -> dict[str, CheckpointFiles]:
    """Return {name: files} of the checkpoints that the page offers: a user's own (see `offer`), then the shipped ones.

    An own checkpoint is called by its folder. Where that name is taken, the name of the folder above precedes it.
    """
    names = shipped()
    own: dict[str, CheckpointFiles] = {}
    for folder in map(Path, filter(None, os.environ.get(OWN, "").split(os.pathsep))):
        name = _free_name(folder.resolve(), {*names, *own})
        own[name] = CheckpointFiles.own(name, folder)
    return own | {name: CheckpointFiles.shipped(name) for name in names}


def served_routers() -> dict[str, CheckpointFiles]:
    """Return those of `served` that route an input of their own: all but the gates of language models."""
    return {name: files for name, files in served().items() if not _is_gate(files)}


def served_gates() -> dict[str, CheckpointFiles]:
    """Return {name: files} of the trained gates of language models: a user's own, then the shipped ones."""
    shipped = {name: replace(CheckpointFiles.shipped(name), folder=folder) for name, folder in shipped_gates().items()}
    return {name: files for name, files in served().items() if _is_gate(files)} | shipped


def _is_gate(files: CheckpointFiles) -> bool:
    """Whether one of `served` is a gate; no file of a shipped one is read, since shipped gates lie elsewhere."""
    return not files.is_shipped and _read(files.folder / CONFIG).get("model_type") == LANGUAGE


def offer(folders: Iterable[str | Path]) -> None:
    """Offer own checkpoints on the page that this process serves, and to `load`, by the names of their folders.

    Raises FileNotFoundError for a folder without a checkpoint, ValueError for one whose path cannot be listed.
    """
    chosen = [str(files_of(folder).folder) for folder in folders]
    if split := [folder for folder in chosen if os.pathsep in folder]:
        raise ValueError(f"the folder {split[0]!r} has a {os.pathsep!r} in its path; rename it")
    os.environ[OWN] = os.pathsep.join(chosen)


def files_of(name: str | Path) -> CheckpointFiles:
    """Return the files of a served checkpoint, by its name, or of a folder that `train` wrote.

    Raises FileNotFoundError that says what is missing for anything else.
    """
    known = served()
    if str(name) in known:
        return known[str(name)]
    folder = Path(name).expanduser()
    if (folder / CONFIG).is_file() and (folder / WEIGHTS).is_file():
        return CheckpointFiles.own(folder.resolve().name, folder)
    if (folder / "state").is_dir():
        raise FileNotFoundError(f"the training in {folder} has not finished; run its command again to resume it")
    if folder.is_dir():
        raise FileNotFoundError(f"{folder} holds no checkpoint: {CONFIG} or {WEIGHTS} is missing")
    raise FileNotFoundError(f"no checkpoint or folder {str(name)!r}; there are {', '.join(known) or 'none'}")


def _free_name(folder: Path, taken: set[str]) -> str:
    """The folder's name, if need be after that of the folder above, if need be with a number."""
    longer = f"{folder.parent.name}-{folder.name}".strip("-")
    numbered = (f"{longer}-{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (folder.name, longer, *numbered) if name not in taken)


def read_settings(folder: Path) -> tuple[dict, dict]:
    """Return a checkpoint's `config.json` and its training record, {} without one; the weights are not looked at."""
    return _read(folder / CONFIG), _read(folder / TRAINING_RECORD)


def task_of(config: dict, training: dict) -> Task:
    """Return the task of a checkpoint: one of `TASKS`, or one made of the columns it was trained on."""
    if config.get("task") in TASKS:
        return TASKS[config["task"]]
    names = {"x": config.get("x_name", "x"), "h": config.get("h_name", "h")}
    names["label"] = next(name for name in ("label", "answer", "class") if name not in names.values())
    task = custom_task(**names | training.get("columns", {}))
    return replace(task, config={name: config[name] for name in ("context", "readout") if name in config})


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
        weights = folder / WEIGHTS
        if not weights.is_file():
            raise FileNotFoundError(f"no checkpoint in {folder}")
        with safe_open(weights, framework="numpy") as stored:
            parameters = sum(prod(stored.get_slice(key).get_shape()) for key in stored.keys())  # noqa: SIM118
        config, training = read_settings(folder)
        return cls(folder, config, training, weights.stat().st_size, parameters)

    @property
    def name(self) -> str:
        """The folder's name: that of a task, or `task__variant`."""
        return self.folder.name

    @property
    def task(self) -> Task:
        """The task the checkpoint was trained for, see `task_of`."""
        return task_of(self.config, self.training)

    @property
    def title(self) -> str:
        """The title for readers, see `title_of`."""
        return title_of(self.name)

    @property
    def is_shipped(self) -> bool:
        """Whether it lies among the assets."""
        return self.folder.parent.resolve() == (assets_dir() / "checkpoints").resolve()

    def revision(self) -> str:
        """Return the first 12 digits of the weights' sha256, which traces and results store."""
        return file_sha256(self.folder / WEIGHTS)[:12]

    def command(self) -> str:
        """Return the command that trained a shipped checkpoint; empty for another one, and where it is unknown."""
        command, (name, *variant) = self.task.command, self.name.split(VARIANT)
        if not self.is_shipped:
            return ""
        if not command or not variant:
            return command
        standard = self.folder.parent / name
        names = [item.name for item in fields(ModelSettings)]
        config, training = read_settings(standard)
        options = _changes(config, self.config, names)
        before, now = (found.get("settings", {}) for found in (training, self.training))
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
