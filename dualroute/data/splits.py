"""Which rows a router is trained on, which are held out, and which it is evaluated on."""

import hashlib
import json
import logging
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from dualroute.tasks import Example, Task
from dualroute.tasks.base import find_split, read_records

HELD_OUT = 0.1
EXTRA_HELD_OUT = 0.2  # of the whole rows of an extra file: nothing else of it is measured on
PSEUDO_TITLE_WORDS = 10
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Splits:
    """Rows to learn from and rows to choose by."""

    train: list[Example]
    validation: list[Example]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that occur, sorted."""
        return tuple(sorted({row.label for row in self.train + self.validation}))

    @property
    def sha256(self) -> str:
        """Digest of all rows, their order included."""
        rows = [[asdict(row) for row in part] for part in (self.train, self.validation)]
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def read_rows(task: Task, path: Path) -> list[Example]:
    """All rows of a data file that serve `task`, those with an empty x included.

    Raises FileNotFoundError, or ValueError naming the file for a missing column or a label the task lacks.
    """
    records = read_records(path)
    try:
        return task.examples(records)
    except KeyError as error:
        raise ValueError(f"{Path(path).name}: no column {error}") from error
    except ValueError as error:
        raise ValueError(f"{Path(path).name}: {error}") from error


def without_empty(rows: Iterable[Example], name: str) -> list[Example]:
    """The rows that have an x to route; how many others there were goes to the log."""
    rows = list(rows)
    kept = [row for row in rows if has_content(row.x)]
    empty = len(rows) - len(kept)
    if empty:
        logger.warning("%s: %d of %d rows have an empty main input and are left out", name, empty, len(rows))
    return kept


def has_content(text: str) -> bool:
    """Whether there is more than spaces, controls and lone marks, which leave a tokenizer nothing."""
    return any(unicodedata.category(character)[0] not in "CMZ" for character in text)


def load_splits(task: Task, data: Path, extra: tuple[str, ...] = (), seed: int = 0, max_rows: int = 0) -> Splits:
    """The `train` and `validation` files of a folder, or one file of which a part is held out.

    extra     further files of the folder, see `extra_rows`
    max_rows  keep only so many rows to train on and an eighth of that to hold out; 0: all
    Raises FileNotFoundError, or ValueError when nothing is left to train on or to hold out.
    """
    if not Path(data).is_dir():
        return hash_split(limited(without_empty(read_rows(task, data), Path(data).name), max_rows, seed), seed)
    train = limited(training_rows(task, data, extra), max_rows, seed)
    validation = limited(read_split(task, data, "validation"), max_rows // 8, seed)
    if task.has_classes and not task.labels:
        validation = known_labels(validation, {row.label for row in train}, "validation")
    return _checked(Splits(train, validation), Path(data).name)


def with_pool(rows: Splits, task: Task, data: Path, pool: tuple[str, ...], most: int = 0, seed: int = 0) -> Splits:
    """`rows`, and those of the folders `pool` beside `data`: at most `most` of each, and an eighth of that held out.

    Where answers stand in x, only rows that have one. Raises FileNotFoundError where a folder or its file is missing.
    """
    train, validation = list(rows.train), list(rows.validation)
    for name in pool:
        for kept, split, limit in ((train, "train", most), (validation, "validation", most // 8)):
            found = read_split(task, data.parent / name, split)
            found = [replace(row, source=name) for row in found if row.answer or not task.has_spans]
            kept += limited(found, limit, seed)
    return Splits(train, validation)


def training_rows(task: Task, folder: Path, extra: tuple[str, ...]) -> list[Example]:
    """The rows of a folder's `train` file, those the task makes of them, and those of `extra` files."""
    rows = read_split(task, folder, "train") + extra_rows(task, folder, extra)
    if task.more_records:
        rows += task.examples(task.more_records(read_records(find_split(folder, "train"))))
    return rows


def read_split(task: Task, folder: Path, split: str) -> list[Example]:
    """The rows of one file of a folder that have an x. Raises FileNotFoundError where there is none."""
    return without_empty(read_rows(task, find_split(folder, split)), split)


def limited(rows: list[Example], most: int, seed: int = 0) -> list[Example]:
    """At most `most` rows, chosen by a hash of their content; all of them when `most` is 0."""
    if not most or len(rows) <= most:
        return rows
    return sorted(rows, key=lambda row: _fraction(row, seed))[:most]


def known_labels(rows: list[Example], labels: set[str], name: str) -> list[Example]:
    """The rows with one of `labels`: no classifier can name another. How many others there were goes to the log."""
    kept = [row for row in rows if row.label in labels]
    if len(kept) < len(rows):
        logger.warning("%s: %d of %d rows have a label that is not known", name, len(rows) - len(kept), len(rows))
    return kept


def hash_split(rows: list[Example], seed: int = 0, held_out: float = HELD_OUT) -> Splits:
    """Each row falls by a hash of its content, so that equal rows stay together and other rows never move it."""
    validation = [row for row in rows if _fraction(row, seed) < held_out]
    train = [row for row in rows if _fraction(row, seed) >= held_out]
    return _checked(Splits(train, validation), f"{len(rows)} rows")


def extra_rows(task: Task, folder: Path, splits: tuple[str, ...]) -> list[Example]:
    """The rows of further files to train on; a file that is not there is told in the log.

    Whole rows as they are, without those `kept_back`; of rows with a context but no x the context's first words stand
    in for x.
    """
    rows = []
    for split in splits:
        try:
            rows += read_rows(task, find_split(folder, split))
        except FileNotFoundError as error:
            logger.warning("no extra training rows: %s", error)
    whole = [row for row in rows if has_content(row.x) and not kept_back(row)]
    titles = [row for row in rows if not has_content(row.x) and has_content(row.h)]
    return whole + [replace(row, x=" ".join(row.h.split()[:PSEUDO_TITLE_WORDS])) for row in titles]


def kept_back(row: Example) -> bool:
    """Whether a whole row of an extra file is kept for measuring: by a hash of its content, whatever the seed."""
    return _fraction(row, 0) < EXTRA_HELD_OUT


def _fraction(row: Example, seed: int) -> float:
    """In [0, 1), even over the rows."""
    content = json.dumps([seed, row.x, row.h, row.label] + [row.image] * bool(row.image)).encode()
    return int.from_bytes(hashlib.sha256(content).digest()[:8]) / 2**64


def _checked(splits: Splits, source: str) -> Splits:
    if not splits.train or not splits.validation:
        counts = f"{len(splits.train)} to train on and {len(splits.validation)} held out"
        raise ValueError(f"too few rows in {source}: {counts}")
    if len(splits.labels) < 2:
        raise ValueError(f"all rows of {source} have the same label, {splits.labels[0]!r}: there is nothing to learn")
    return splits
