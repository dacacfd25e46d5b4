"""What a task is: where its x and h come from, and how a trained router for it is set up.

Reading data files: JSON Lines or CSV, gzipped or not.

A classification task made of three columns of somebody's own data.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Example:
    """One row: the main input, the auxiliary input (empty if there is none), and the answer.

    h       a text; for a context of items one item per line
    label   a class's name, or the text of the answer
    group   what results are also told apart by, see `Task.group_name`
    image   name of the context's picture in the folder or archive of images, if the context is one
    answer  [start, end) of the label's characters in x, for answers that stand in x
    references  texts that are right as well as the label
    source  of pooled rows the folder they come from
    """

    x: str
    h: str
    label: str
    id: str = ""
    group: str = ""
    image: str = ""
    answer: tuple[int, int] | None = None
    references: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class Task:
    """A task by its data and its words.

    name           as in `dualroute.load(name)`
    title          for people
    x_name, h_name what the page and the notes call the inputs
    question       what the router decides, in one sentence for a visitor
    labels         names of the classes, in the order of the logits; empty: taken from the training data. For spans
                   the two ends
    to_example     raw record -> Example, or None for a record that does not serve
    baselines      what `evaluate` compares with, names in `training.baselines.KINDS`
    more_records   the training file's records -> further ones to train on, made of them
    easy           the rows to learn first, see `TrainingSettings.easy_epochs`; None: there are no such
    demos          (x, h) pairs for the page, written for it, from no data set
    group_name     what `Example.group` is; rows of groups seen and unseen in training are then reported apart
    config         settings of DualRouteConfig that differ from its defaults
    training       settings of training.train.TrainingSettings that differ from their defaults
    data           for the checkpoint's card: what it learned from, and who made that
    licence        the terms of that data
    limits         what not to expect of the checkpoint
    command        how it was trained, for the card
    """

    name: str
    title: str
    x_name: str
    h_name: str
    question: str
    labels: tuple[str, ...]
    to_example: Callable[[dict], Example | None]
    metric: str = "accuracy"
    demos: tuple[tuple[str, str], ...] = ()
    group_name: str = ""
    baselines: tuple[str, ...] = ("tfidf_x", "tfidf_h", "tfidf_xh")
    easy: Callable[[Example], bool] | None = None
    more_records: Callable[[list[dict]], list[dict]] | None = None
    config: dict[str, Any] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)
    data: str = ""
    licence: str = ""
    limits: str = ""
    command: str = ""

    @property
    def h_is_image(self) -> bool:
        """Whether the context is a picture."""
        return self.config.get("context") == "image"

    @property
    def h_is_own_words(self) -> bool:
        """Whether the context is the backward pass over x itself."""
        return self.config.get("context") == "backward"

    @property
    def has_classes(self) -> bool:
        """Whether the answer is one of several classes, and not a text."""
        return self.config.get("readout", "classification") == "classification"

    @property
    def has_spans(self) -> bool:
        """Whether the answer is a part of x."""
        return self.config.get("readout") == "span"

    def examples(self, records: Iterable[dict]) -> list[Example]:
        """The usable rows of `records`. Raises ValueError for a label the task does not have."""
        rows = [row for row in map(self.to_example, records) if row is not None]
        unknown = {row.label for row in rows} - set(self.labels) if self.labels and self.has_classes else set()
        if unknown:
            raise ValueError(f"labels {sorted(unknown)} are not among those of task {self.name!r}: {self.labels}")
        return rows


SUFFIXES = (".jsonl.gz", ".jsonl", ".csv.gz", ".csv")


def read_records(path: str | Path) -> list[dict]:
    """The rows of a data file as dicts; missing cells are empty strings.

    Raises FileNotFoundError, or ValueError when the ending is not one of `SUFFIXES` or the content does not parse.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no data file {path}")
    if not path.name.endswith(SUFFIXES):
        raise ValueError(f"{path.name}: expected one of {', '.join(SUFFIXES)}")
    try:
        frame = _read_csv(path) if ".csv" in path.name else _read_jsonl(path)
    except ValueError as error:
        raise ValueError(f"{path.name} cannot be read: {error}") from error
    return frame.to_dict("records")


def find_split(folder: str | Path, split: str) -> Path:
    """`<folder>/<split>` with one of the known endings. Raises FileNotFoundError naming what was looked for."""
    for suffix in SUFFIXES:
        path = Path(folder) / f"{split}{suffix}"
        if path.is_file():
            return path
    raise FileNotFoundError(f"no {split} file in {folder}: looked for {split} with {', '.join(SUFFIXES)}")


def _read_csv(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _read_jsonl(path: Path) -> pd.DataFrame:
    frame = pd.read_json(path, lines=True, dtype=False)
    return frame.astype(object).where(frame.notna(), "")


NAME = "custom"


def custom_task(x: str, h: str, label: str) -> Task:
    """The task whose main input, context and label are the columns `x`, `h` and `label`.

    The classes are those of the training data. Rows without a label do not serve. Records without one of the
    columns raise ValueError when they are read.
    """

    def to_example(record: dict) -> Example | None:
        missing = [column for column in (x, h, label) if column not in record]
        if missing:
            raise ValueError(f"no column {missing[0]!r}; there are {', '.join(map(repr, record))}")
        target = _text(record[label])
        return Example(_text(record[x]), _text(record[h]), target) if target else None

    return Task(
        name=NAME,
        title="Own data",
        x_name=x,
        h_name=h,
        question=f"Is the {x} enough to tell the {label}, or must a word of it read the {h}?",
        labels=(),
        to_example=to_example,
    )


def _text(value) -> str:
    """A cell as text; a list of texts (JSON Lines) is one text, its parts on lines of their own."""
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value).strip()
