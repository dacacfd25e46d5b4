"""Rows of data files, and their split into rows to train on and rows that are held out."""

import hashlib
import json
import logging
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from dualroute.tables import read_table
from dualroute.tasks import Example, Task
from dualroute.tasks.base import find_split
from dualroute.values import as_named

HELD_OUT = 0.1
EXTRA_HELD_OUT = 0.2  # share of the complete rows of an extra file that is reserved for evaluation
PSEUDO_TITLE_WORDS = 10  # first words of h that replace a missing x
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Splits:
    """Rows to train on, and held-out rows on which the best epoch and θ are chosen."""

    train: list[Example]
    validation: list[Example]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that occur in either part, sorted."""
        return tuple(sorted({row.label for row in self.train + self.validation}))

    @property
    def sha256(self) -> str:
        """Digest of all rows and their order."""
        rows = [[asdict(row) for row in part] for part in (self.train, self.validation)]
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def read_rows(task: Task, path: Path) -> list[Example]:
    """Return all rows of a data file that `task` can use, including those with an empty x.

    The log says what was noticed while reading, and how many rows have no label and were left out. Raises
    FileNotFoundError, or ValueError that names the file for a table that cannot be read, a missing column, or a label
    the task does not have.
    """
    table = read_table(path, task.columns)
    table.log_notes()
    try:
        rows = task.examples(table.records)
    except ValueError as error:
        raise ValueError(f"{table.name}: {error}") from error
    if left_out := len(table.records) - len(rows):
        logger.warning("%s: %d of %d rows have no label and are left out", table.name, left_out, len(table.records))
    return rows


def without_empty(rows: Iterable[Example], name: str) -> list[Example]:
    """Return the rows that have an x to route; the log says how many were left out."""
    rows = list(rows)
    usable = [row for row in rows if has_content(row.x)]
    empty = len(rows) - len(usable)
    if empty:
        logger.warning("%s: %d of %d rows have an empty main input and are left out", name, empty, len(rows))
    return usable


def has_content(text: str) -> bool:
    """Whether `text` has more than spaces, control characters and lone marks, which a tokenizer drops."""
    return any(unicodedata.category(character)[0] not in "CMZ" for character in text)


def load_splits(task: Task, data: Path, extra: tuple[str, ...] = (), seed: int = 0, max_rows: int = 0) -> Splits:
    """Return the rows of a folder's `train` and `validation` files, or of one file of which a part is held out.

    extra     further training files of the folder, see `extra_rows`
    max_rows  limit of the rows to train on; an eighth of it limits the held-out rows; 0: no limit
    Raises FileNotFoundError, or ValueError if no row is left to train on or to hold out.
    """
    if not Path(data).is_dir():
        return split_file(without_empty(read_rows(task, data), Path(data).name), seed, max_rows, Path(data).name)
    train = limited(training_rows(task, data, extra), max_rows, seed)
    validation = limited(read_split(task, data, "validation"), held_out_limit(max_rows), seed)
    if task.has_classes and not task.labels:
        validation = known_labels(validation, {row.label for row in train}, "validation")
    return _checked(Splits(train, validation), Path(data).name)


def with_pool(rows: Splits, task: Task, data: Path, pool: tuple[str, ...], most: int = 0, seed: int = 0) -> Splits:
    """Return `rows` with the rows of the folders `pool`, which lie next to `data`.

    most  limit of the rows to train on from each folder; an eighth of it limits the held-out rows; 0: no limit
    If answers are spans of x, only rows with an answer are added. Raises FileNotFoundError for a missing folder or
    file.
    """
    train, validation = list(rows.train), list(rows.validation)
    for name in pool:
        for part, split, limit in ((train, "train", most), (validation, "validation", held_out_limit(most))):
            pooled = read_split(task, data.parent / name, split)
            pooled = [replace(row, source=name) for row in pooled if row.answer or not task.has_spans]
            part += limited(pooled, limit, seed)
    return Splits(train, validation)


def training_rows(task: Task, folder: Path, extra: tuple[str, ...]) -> list[Example]:
    """Return the rows of a folder's `train` file, those that the task derives from them, and those of `extra` files."""
    rows = read_split(task, folder, "train") + extra_rows(task, folder, extra)
    if task.more_records:
        rows += task.examples(task.more_records(read_table(find_split(folder, "train"), task.columns).records))
    return rows


def read_split(task: Task, folder: Path, split: str) -> list[Example]:
    """Return the rows of a folder's file `split` that have an x. Raises FileNotFoundError if there is no such file."""
    return without_empty(read_rows(task, find_split(folder, split)), split)


def limited(rows: list[Example], most: int, seed: int = 0) -> list[Example]:
    """Return at most `most` rows, chosen by a hash of their content; all of them if `most` is 0."""
    if not most or len(rows) <= most:
        return rows
    return sorted(rows, key=lambda row: _fraction(row, seed))[:most]


def held_out_limit(most: int) -> int:
    """Return the limit of held-out rows beside at most `most` rows to train on: an eighth, at least 1; 0: no limit."""
    return max(1, most // 8) if most else 0


def known_labels(rows: list[Example], labels: set[str], name: str) -> list[Example]:
    """Return the rows whose label is one of `labels`; the log says how many were left out."""
    named = (replace(row, label=as_named(row.label, labels)) for row in rows)
    labelled = [row for row in named if row.label in labels]
    if len(labelled) < len(rows):
        logger.warning(
            "%s: %d of %d rows have an unknown label and are left out", name, len(rows) - len(labelled), len(rows)
        )
    return labelled


def hash_split(rows: list[Example], seed: int = 0, held_out: float = HELD_OUT, name: str = "the file") -> Splits:
    """Hold out about the share `held_out` of `rows` by a hash of each row's content.

    Equal rows stay together, and adding or removing other rows moves no row to the other part.
    """
    validation = [row for row in rows if _fraction(row, seed) < held_out]
    train = [row for row in rows if _fraction(row, seed) >= held_out]
    return _checked(Splits(train, validation), name)


def split_file(rows: list[Example], seed: int = 0, max_rows: int = 0, name: str = "the file") -> Splits:
    """Return the rows of one file to train on, at most `max_rows`, and those held out, at most an eighth of that.

    The file is split first. So a limit changes which rows are used, and never the part in which a row is.
    Raises ValueError as `load_splits` does.
    """
    parts = hash_split(rows, seed, name=name)
    train = limited(parts.train, max_rows, seed)
    return _checked(Splits(train, limited(parts.validation, held_out_limit(max_rows), seed)), name)


def extra_rows(task: Task, folder: Path, splits: tuple[str, ...]) -> list[Example]:
    """Return the rows of further files to train on; the log reports a missing file.

    Complete rows are used as they are, except those `reserved` for evaluation. A row with a context but without x gets
    the first words of its context as x.
    """
    rows = []
    for split in splits:
        try:
            rows += read_rows(task, find_split(folder, split))
        except FileNotFoundError as error:
            logger.warning("no extra training rows: %s", error)
    complete = [row for row in rows if has_content(row.x) and not reserved(row)]
    without_x = [row for row in rows if not has_content(row.x) and has_content(row.h)]
    return complete + [replace(row, x=" ".join(row.h.split()[:PSEUDO_TITLE_WORDS])) for row in without_x]


def reserved(row: Example) -> bool:
    """Whether a complete row of an extra file is reserved for evaluation: decided by a hash that ignores the seed."""
    return _fraction(row, 0) < EXTRA_HELD_OUT


def _fraction(row: Example, seed: int) -> float:
    """Return a hash of the row's content as a number in [0, 1), uniform over rows."""
    content = json.dumps([seed, row.x, row.h, row.label] + [row.image] * bool(row.image)).encode()
    return int.from_bytes(hashlib.sha256(content).digest()[:8]) / 2**64


def _checked(splits: Splits, source: str) -> Splits:
    if not splits.train or not splits.validation:
        counts = f"{len(splits.train)} to train on and {len(splits.validation)} held out"
        raise ValueError(
            f"{source} has too few rows: {counts}. Of one file a tenth is held out, equal rows together; add rows, or "
            "name a folder with train and validation files"
        )
    if len(splits.labels) < 2:
        raise ValueError(
            f"all rows that are used of {source} have the label {splits.train[0].label!r}: there is nothing to learn"
        )
    return splits
