"""Rows with the words that people marked in them, as the units that explanations score."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from dualroute.api import DualRouter
from dualroute.data.splits import has_content, limited
from dualroute.measures.agreement import marked
from dualroute.tasks.base import read_records
from dualroute.tasks.rationales import Marks, Rationales, Span
from dualroute.trace.granularity import groups
from dualroute.trace.record import Trace


@dataclass(frozen=True, eq=False)
class Marked:
    """N words of one text: which are marked, (N,) bool, as words and as parts; `marks` has the characters."""

    words: np.ndarray
    parts: np.ndarray
    marks: Marks


@dataclass(frozen=True, eq=False)
class MarkedRow:
    """One text.

    trace   under the checkpoint's own decision
    label   the text's own;  against  the label its words are told apart from
    groups  [start, end) of each of N words among the tokens;  words  likewise among the characters of `trace.x`
    marked  by the question's name
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


def read_marked(router: DualRouter, rationales: Rationales, path: Path, most: int, seed: int = 0) -> list[MarkedRow]:
    """At most `most` rows of a data file, chosen by a hash of their content, those that leave no question open.

    In a row that serves, every question has a word to find and a word to leave. Raises FileNotFoundError, or
    ValueError when there is no such row.
    """
    found = {}
    for record in read_records(path):
        marks, row = {q.name: q.marks_of(record) for q in rationales.questions}, rationales.to_example(record)
        if all(marks.values()) and has_content(row.x):
            found[row] = marks
    chosen = tqdm(limited([*found], most, seed), desc=f"trace {path.name.partition('.')[0]}", unit="row")
    rows = [marked_row(router.trace(row.x), row.x, row.label, found[row], rationales.opposite) for row in chosen]
    rows = [row for row in rows if all(0 < part.words.sum() < len(part.words) for part in row.marked.values())]
    if not rows:
        raise ValueError(f"{path.name} has no row with marked words beside others")
    return rows


def marked_row(trace: Trace, text: str, label: str, marks: dict[str, Marks], opposite: dict[str, str]) -> MarkedRow:
    """`trace` with the marks of the `text` it was made from; cleaning may have moved its characters."""
    places = moved(text, trace.x)
    marks = {name: shifted(given, places) for name, given in marks.items()}
    units = groups("word", trace.x, trace.offsets)
    words = [(trace.offsets[first][0], trace.offsets[end - 1][1]) for first, end in units]
    found = {name: _marked(words, given, trace.x) for name, given in marks.items()}
    return MarkedRow(trace, label, opposite[label], units, words, found)


def _marked(words: list[Span], marks: Marks, text: str) -> Marked:
    return Marked(marked(words, marks.words, text), marked(words, marks.parts, text), marks)


def moved(text: str, cleaned: str) -> dict[int, int]:
    """Where each character of `text` stands in `cleaned`, which is `text` without some of its characters."""
    places, at = {}, 0
    for place, character in enumerate(text):
        if at < len(cleaned) and character == cleaned[at]:
            places[place] = at
            at += 1
    return places


def shifted(marks: Marks, places: dict[int, int]) -> Marks:
    """The marks in the cleaned text; spans of which nothing is left are gone."""

    def of(spans: tuple[Span, ...]) -> tuple[Span, ...]:
        kept = ([places[i] for i in range(*span) if i in places] for span in spans)
        return tuple((found[0], found[-1] + 1) for found in kept if found)

    return Marks(of(marks.words), of(marks.parts), tuple(map(of, marks.people)))
