"""Rows of a data file on which a checkpoint is evaluated, and rows on which its baselines are trained."""

import json
import logging
from dataclasses import dataclass, replace
from pathlib import Path

from dualroute.checkpoints import TRAINING_RECORD, served
from dualroute.data.splits import (
    Splits,
    held_out_limit,
    limited,
    read_rows,
    read_split,
    reserved,
    split_file,
    training_rows,
    without_empty,
)
from dualroute.families.model_folders import file_sha256
from dualroute.tasks import Example, Task

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class EvaluationRows:
    """Rows to evaluate on.

    skipped  number of rows left out because their x is empty
    splits   rows for the baselines to train on and to choose by, or None if there are none
    note     says which rows were chosen, if not all of the file
    """

    rows: list[Example]
    skipped: int
    splits: Splits | None
    note: str = ""


def choose_rows(
    task: Task, data: Path, checkpoint: str, train: Path | None = None, most_rows: int = 0
) -> EvaluationRows:
    """Return the rows of `data`; if the checkpoint was trained on this very file, only those that were held out.

    train      training file of the baselines; by default the `train` split in the folder of `data`
    most_rows  limit of the rows, which are chosen by a hash of their content; 0: no limit
    Raises ValueError if no row has an x, or for a negative `most_rows`.
    """
    if most_rows < 0:
        raise ValueError(f"the number of rows to evaluate must not be negative, but is {most_rows}")
    selection = _usable_rows(task, data, checkpoint, train)
    if not 0 < most_rows < len(selection.rows):
        return selection
    notes = (selection.note, f"{most_rows:,} of {len(selection.rows):,} rows, chosen by a hash of their content")
    return replace(selection, rows=limited(selection.rows, most_rows), note="; ".join(filter(None, notes)))


def _usable_rows(task: Task, data: Path, checkpoint: str, train: Path | None) -> EvaluationRows:
    all_rows = read_rows(task, data)
    rows = without_empty(all_rows, data.name)
    if not rows:
        raise ValueError(f"{data.name} has no row with a {task.x_name}")
    skipped, record = len(all_rows) - len(rows), training_record(checkpoint)
    if file_sha256(data) != record.get("data_sha256"):
        rows, note = without_trained_on(rows, data, record)
        return EvaluationRows(rows, skipped, _baseline_rows(task, data, record, train), note)
    settings = record["settings"]
    splits = split_file(rows, settings["seed"], settings.get("max_rows", 0), data.name)
    note = (
        f"the {len(splits.validation):,} rows held out of the {len(rows):,} of the training file; θ was chosen on them"
    )
    logger.warning("%s is the training file of the checkpoint; evaluated on %s", data.name, note)
    return EvaluationRows(splits.validation, skipped, Splits(splits.train, []), note)


def without_trained_on(rows: list[Example], data: Path, record: dict) -> tuple[list[Example], str]:
    """Return the rows of `data` that the checkpoint was not trained on, and a note if those are not all.

    Only an extra training file needs this: of its rows, those `reserved` for evaluation are returned.
    """
    if data.name.partition(".")[0] not in record.get("settings", {}).get("extra", ()):
        return rows, ""
    unseen = [row for row in rows if reserved(row)]
    return unseen, f"the {len(unseen):,} of {len(rows):,} rows that were kept back; the others were trained on"


def training_record(checkpoint: str) -> dict:
    """Return the training record that lies next to the weights; {} if there is none."""
    known = served()
    folder = known[checkpoint].folder if checkpoint in known else Path(checkpoint)
    return json.loads(path.read_text(encoding="utf-8")) if (path := folder / TRAINING_RECORD).is_file() else {}


def _baseline_rows(task: Task, data: Path, record: dict, train: Path | None) -> Splits | None:
    """Return the rows the router was trained on, extra ones included: with fewer, the baselines would look weak."""
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
    return Splits(limited(rows, most, seed), limited(_validation(task, data.parent), held_out_limit(most), seed))


def _validation(task: Task, folder: Path) -> list[Example]:
    try:
        return read_split(task, folder, "validation")
    except FileNotFoundError:
        return []
