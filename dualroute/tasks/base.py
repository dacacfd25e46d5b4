"""What a task is: where its x and h come from, and how a trained router for it is set up."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any


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
