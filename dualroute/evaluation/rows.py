"""Which rows of a data file a checkpoint is measured on, and what the baselines beside it learn from."""

import json
import logging
from dataclasses import dataclass, replace
from pathlib import Path

from dualroute.data.splits import (
    Splits,
    hash_split,
    kept_back,
    limited,
    read_rows,
    read_split,
    training_rows,
    without_empty,
)
from dualroute.families.dual_route.backbone import file_sha256
from dualroute.paths import assets_dir
from dualroute.tasks import Example, Task
from dualroute.training.train import RECORD

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class EvaluationRows:
    """`rows` to measure on, how many were `skipped` for an empty x, what the baselines may learn from.

    note  a sentence where not the whole file is measured on
    """

    rows: list[Example]
    skipped: int
    splits: Splits | None
    note: str = ""


def choose_rows(
    task: Task, data: Path, checkpoint: str, train: Path | None = None, most_rows: int = 0
) -> EvaluationRows:
    """The rows of `data`; of the very file the checkpoint was trained on, only those that were held out.

    train      file the baselines learn from; the `train` split beside `data` if not given
    most_rows  keep so many of them, chosen by a hash of their content; 0: all
    Raises ValueError when no row has an x, or for a negative `most_rows`.
    """
    if most_rows < 0:
        raise ValueError(f"rows to measure on must be a positive number, not {most_rows}")
    chosen = _usable_rows(task, data, checkpoint, train)
    if not 0 < most_rows < len(chosen.rows):
        return chosen
    notes = (chosen.note, f"{most_rows:,} of {len(chosen.rows):,} rows, chosen by a hash of their content")
    return replace(chosen, rows=limited(chosen.rows, most_rows), note="; ".join(filter(None, notes)))


def _usable_rows(task: Task, data: Path, checkpoint: str, train: Path | None) -> EvaluationRows:
    found = read_rows(task, data)
    rows = without_empty(found, data.name)
    if not rows:
        raise ValueError(f"{data.name} has no row with a {task.x_name}")
    skipped, record = len(found) - len(rows), training_record(checkpoint)
    if file_sha256(data) != record.get("data_sha256"):
        rows, note = without_trained_on(rows, data, record)
        return EvaluationRows(rows, skipped, _baseline_rows(task, data, record, train), note)
    splits = hash_split(rows, record["settings"]["seed"])
    note = (
        f"the {len(splits.validation):,} rows held out of the {len(rows):,} of the training file; θ was chosen on them"
    )
    logger.warning("%s was trained on: measured on %s", data.name, note)
    return EvaluationRows(splits.validation, skipped, Splits(splits.train, []), note)


def without_trained_on(rows: list[Example], data: Path, record: dict) -> tuple[list[Example], str]:
    """Of an extra file that was trained on the rows that were kept back, and a sentence on it; of any other all."""
    if data.name.partition(".")[0] not in record.get("settings", {}).get("extra", ()):
        return rows, ""
    kept = [row for row in rows if kept_back(row)]
    return kept, f"the {len(kept):,} of {len(rows):,} rows that were kept back; the others were trained on"


def training_record(checkpoint: str) -> dict:
    """What `train` wrote beside the weights; {} where that did not come with them."""
    for folder in (Path(checkpoint), assets_dir() / "checkpoints" / checkpoint):
        if (folder / RECORD).is_file():
            return json.loads((folder / RECORD).read_text())
    return {}


def _baseline_rows(task: Task, data: Path, record: dict, train: Path | None) -> Splits | None:
    """The rows the router was trained on, its extra ones too: less would make the baselines look weak."""
    if train:
        return Splits(without_empty(read_rows(task, train), Path(train).name), [])
    extra = record.get("settings", {}).get("extra", task.training.get("extra", ()))
    settings = record.get("settings", {})
    most, seed = settings.get("max_rows", 0), settings.get("seed", 0)
    try:
        rows = training_rows(task, data.parent, tuple(extra))
    except FileNotFoundError as error:
        logger.warning("no baselines: %s; name a training file with --train", error)
        return None
    return Splits(limited(rows, most, seed), limited(_validation(task, data.parent), most // 8, seed))


def _validation(task: Task, folder: Path) -> list[Example]:
    try:
        return read_split(task, folder, "validation")
    except FileNotFoundError:
        return []
