"""Tasks and their rows: how records of data files become examples, and the settings of a router for them."""

import glob
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from dualroute.tables import ENDINGS, ENDINGS_IN_WORDS, cell_text, missing_column


@dataclass(frozen=True)
class Example:
    """One row: the main input x, the context h (may be empty), and the answer.

    h           a text; for a context of items, one item per line
    label       name of a class, or text of the answer
    group       group by which results are also reported, see `Task.group_name`
    image       name of the context's picture in the folder or archive of images, if the context is a picture
    answer      [start, end) of the label's characters in x, if the answer is a span of x
    references  texts that are correct besides the label
    source      folder that a pooled row comes from
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


class Demo(NamedTuple):
    """An input that the page shows as an example, which is in no data set.

    right  the answers that are right, the best one first; empty where there is none, or nobody can say
    """

    x: str
    h: str
    right: tuple[str, ...] = ()


Span = tuple[int, int]  # [start, end) of characters


@dataclass(frozen=True)
class Marks:
    """The parts of one text that people marked.

    words   spans whose words an explanation should rank first
    parts   spans that are compared as a whole
    people  spans of each single annotator, if they are known
    """

    words: tuple[Span, ...]
    parts: tuple[Span, ...]
    people: tuple[tuple[Span, ...], ...] = ()


@dataclass(frozen=True)
class Question:
    """One way to compare explanations with marks.

    target    target of the attribution, see `trace.targets`; `{label}` is replaced by the row's label
    signed    whether a word must speak for the label; otherwise the absolute score counts
    metric    the measure that is shown first
    marks_of  record -> its marks, or None for a record without any
    """

    name: str
    title: str
    target: str
    signed: bool
    metric: str
    marks_of: Callable[[dict], Marks | None]


@dataclass(frozen=True)
class Rationales:
    """Words that people marked in the texts of a task, with which explanations are compared.

    opposite  label -> the label against which word counts compare it
    """

    questions: tuple[Question, ...]
    opposite: dict[str, str]


class Kinds:
    """Kinds of context and answer in a config: settings of `DualRouteConfig` that differ from its defaults, or all."""

    config: dict[str, Any]

    @property
    def context(self) -> str:
        """The kind of h: `text`, `items`, `image` or `backward`."""
        return self.config.get("context", "text")

    @property
    def readout(self) -> str:
        """The kind of answer: `classification`, `span` or `generation`."""
        return self.config.get("readout", "classification")

    @property
    def h_is_image(self) -> bool:
        """Whether the context is a picture."""
        return self.context == "image"

    @property
    def h_is_items(self) -> bool:
        """Whether the context is a list of items, one a line."""
        return self.context == "items"

    @property
    def h_is_own_words(self) -> bool:
        """Whether the context is the backward pass over x itself."""
        return self.context == "backward"

    @property
    def has_classes(self) -> bool:
        """Whether the answer is one of several classes."""
        return self.readout == "classification"

    @property
    def has_spans(self) -> bool:
        """Whether the answer is a span of x."""
        return self.readout == "span"

    @property
    def writes_text(self) -> bool:
        """Whether the answer is a written text."""
        return self.readout == "generation"


@dataclass(frozen=True)
class Task(Kinds):
    """A task: its data, its texts for readers, and the settings of its router.

    name            as in `dualroute.load(name)`
    title           for readers
    x_name, h_name  names of the inputs on the page and in notes
    question        the router's decision as a question to the reader
    labels          names of the classes in the order of the logits; empty: those of the training data. For spans, the
                    two ends
    to_example      record -> Example; raises ValueError for a cell that cannot be used
    columns         columns of a data file that every row must have a cell in; own columns: x, h, label
    baselines       baselines of `evaluate`, names of `evaluation.baselines.KINDS`
    more_records    records of the training file -> further records to train on
    easy            whether a row belongs to the curriculum, see `TrainingSettings.easy_epochs`; None: no curriculum
    rationales      words that people marked in the task's texts, for `plausibility`
    demos           examples for the page
    group_name      name of `Example.group`; results then distinguish groups seen and unseen in training
    config          settings of `DualRouteConfig` that differ from its defaults
    training        settings of `TrainingSettings` that differ from their defaults
    data            for the model card: the training data and their authors
    licence         terms of these data
    limits          limits of the checkpoint
    command         the command that trained it
    """

    name: str
    title: str
    x_name: str
    h_name: str
    question: str
    labels: tuple[str, ...]
    to_example: Callable[[dict], Example]
    columns: tuple[str, ...] = ("x", "label")
    metric: str = "accuracy"
    demos: tuple[Demo, ...] = ()
    group_name: str = ""
    baselines: tuple[str, ...] = ("tfidf_x", "tfidf_h", "tfidf_xh")
    easy: Callable[[Example], bool] | None = None
    rationales: Rationales | None = None
    more_records: Callable[[list[dict]], list[dict]] | None = None
    config: dict[str, Any] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)
    data: str = ""
    licence: str = ""
    limits: str = ""
    command: str = ""

    def examples(self, records: Iterable[dict]) -> list[Example]:
        """Return the usable rows of `records`: where the answer is a class, those that have a label.

        A row without an id is called by its number in the file.
        Raises ValueError for a label the task does not have, and, with the row's number, for a missing column or a cell
        that is no text.
        """
        rows = [self._example(number, record) for number, record in enumerate(records, 1)]
        if not self.has_classes:
            return rows
        rows = [row for row in rows if row.label]
        unknown = {row.label for row in rows} - set(self.labels) if self.labels else set()
        if unknown:
            raise ValueError(f"labels {sorted(unknown)} are not among those of task {self.name!r}: {self.labels}")
        return rows

    def _example(self, number: int, record: dict) -> Example:
        try:
            row = self.to_example(record)
            return row if row.id else replace(row, id=f"row {number}")
        except KeyError as error:
            raise ValueError(f"row {number:,}: {missing_column(str(error.args[0]), record)}") from error
        except ValueError as error:
            raise ValueError(f"row {number:,}: {error}") from error


def find_split(folder: str | Path, split: str) -> Path:
    """Return the file `<folder>/<split>` with one of `ENDINGS`, in any case.

    Raises FileNotFoundError if there is none.
    """
    files = {path.name[len(split) :].lower(): path for path in Path(folder).glob(f"{glob.escape(split)}.*")}
    for ending in ENDINGS:
        if ending in files and files[ending].is_file():
            return files[ending]
    raise FileNotFoundError(f"no {split} file in {folder}: looked for {split} with {ENDINGS_IN_WORDS}")


NAME = "custom"  # of the task made from a user's own columns


def custom_task(x: str, h: str, label: str) -> Task:
    """Return a classification task whose x, h and label are the columns `x`, `h` and `label` of a data file.

    Its classes are those of the training data. Rows without a label are skipped. Raises ValueError where two of the
    three are one column.
    """
    if len({x, h, label}) < 3:
        twice = x if x in (h, label) else h
        raise ValueError(f"--x, --h and --label must be three columns; {twice!r} is named twice")

    def to_example(record: dict) -> Example:
        return Example(_text(record, x), _text(record, h), class_name(record[label], label))

    return Task(
        name=NAME,
        title="Own data",
        x_name=x,
        h_name=h,
        question=f"Which words of the {x} need the {h} to get the {label} right?",
        labels=(),
        to_example=to_example,
        columns=(x, h, label),
    )


def class_name(value: Any, column: str = "label") -> str:
    """Return the cell of a label as text. Raises ValueError for several labels."""
    if isinstance(value, list) and len(value) > 1:
        raise ValueError(f"{column} holds {len(value)} labels; a row has one, so join them to one text or choose one")
    return cell_text(value, column).strip()


def _text(record: dict, column: str) -> str:
    value = record[column]
    return cell_text(value, column) if isinstance(value, list) else cell_text(value, column).strip()
