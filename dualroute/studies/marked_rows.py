"""Rows with the words that people marked, in the units that explanations score."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from dualroute.api import DualRouter
from dualroute.data.splits import has_content, limited
from dualroute.measures.agreement import marked
from dualroute.tables import read_table
from dualroute.tasks import Task
from dualroute.tasks.base import Marks, Span
from dualroute.trace.granularity import groups
from dualroute.trace.record import Trace


@dataclass(frozen=True, eq=False)
class Marked:
    """Marks on the N words of one text.

    words, parts  (N,) bool, words that are marked, and words in marked parts
    marks         the marked characters
    """

    words: np.ndarray
    parts: np.ndarray
    marks: Marks


@dataclass(frozen=True, eq=False)
class MarkedRow:
    """One text with N words.

    trace    the trace under the checkpoint's own decision
    label    the label of the text
    against  the label against which word counts compare it
    groups   [start, end) of each word in tokens
    words    [start, end) of each word in characters of `trace.x`
    marked   question's name -> its marks
    """

    trace: Trace
    label: str
    against: str
    groups: tuple[Span, ...]
    words: list[Span]
    marked: dict[str, Marked]

    @property
    def texts(self) -> list[str]:
        """The N words."""
        return [self.trace.x[start:end] for start, end in self.words]


def read_marked(router: DualRouter, task: Task, path: Path, most: int, seed: int = 0) -> list[MarkedRow]:
    """Return at most `most` rows of a data file of a task with `rationales`, chosen by a hash of their content.

    A row is used if it has a label, and for every question a marked word and an unmarked one. Raises
    FileNotFoundError, or ValueError if there is no such row.
    """
    if task.rationales is None:
        raise ValueError(f"the task {task.name!r} has no words that people marked")
    questions, opposite = task.rationales.questions, task.rationales.opposite
    marks_of = {}
    for record in read_table(path, task.columns).records:
        marks, row = {question.name: question.marks_of(record) for question in questions}, task.to_example(record)
        if row.label and all(marks.values()) and has_content(row.x):
            marks_of[row] = marks
    progress = tqdm(limited([*marks_of], most, seed), desc=f"trace {path.name.partition('.')[0]}", unit="row")
    rows = [marked_row(router.trace(row.x, row.h), row.x, row.label, marks_of[row], opposite) for row in progress]
    rows = [row for row in rows if all(0 < part.words.sum() < len(part.words) for part in row.marked.values())]
    if not rows:
        raise ValueError(f"{path.name} has no row with both marked and unmarked words")
    return rows


def marked_row(trace: Trace, text: str, label: str, marks: dict[str, Marks], opposite: dict[str, str]) -> MarkedRow:
    """Return `trace` with the marks of the `text` it was made from, moved to the characters of the cleaned text."""
    positions = cleaned_positions(text, trace.x)
    marks = {name: move_marks(original, positions) for name, original in marks.items()}
    units = groups("word", trace.x, trace.offsets)
    words = [(trace.offsets[first][0], trace.offsets[end - 1][1]) for first, end in units]
    marked_words = {name: _marked(words, moved, trace.x) for name, moved in marks.items()}
    return MarkedRow(trace, label, opposite[label], units, words, marked_words)


def _marked(words: list[Span], marks: Marks, text: str) -> Marked:
    return Marked(marked(words, marks.words, text), marked(words, marks.parts, text), marks)


def cleaned_positions(text: str, cleaned: str) -> dict[int, int]:
    """Return {index in `text`: index in `cleaned`} of the characters of `text` that cleaning did not remove."""
    positions, at = {}, 0
    for place, character in enumerate(text):
        if at < len(cleaned) and character == cleaned[at]:
            positions[place] = at
            at += 1
    return positions


def move_marks(marks: Marks, positions: dict[int, int]) -> Marks:
    """Return the marks in the cleaned text, without spans that have lost all characters."""

    def move(spans: tuple[Span, ...]) -> tuple[Span, ...]:
        indices = ([positions[i] for i in range(*span) if i in positions] for span in spans)
        return tuple((left[0], left[-1] + 1) for left in indices if left)

    return Marks(move(marks.words), move(marks.parts), tuple(map(move, marks.people)))
