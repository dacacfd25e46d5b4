"""How far chosen words, and the words that single people marked, agree with what all of them marked in a row."""

import numpy as np

from dualroute.interpret.plausibility import character_f1, chosen_spans, f1, iou, iou_f1, marked
from dualroute.training.bootstrap import RowBootstrap
from dualroute.training.marked_rows import Marked, MarkedRow

MEASURES = ("auprc", "f1", "iou", "iou_f1", "character_f1")


def agreement(row: MarkedRow, part: Marked, chosen: np.ndarray, ranked: float = np.nan) -> dict[str, float]:
    """{measure: number} of chosen words (N,) bool of one row; `ranked` is the measure that needs scores."""
    spans = chosen_spans(row.words, chosen)
    numbers = ranked, f1(chosen, part.words), iou(chosen, part.words), iou_f1(chosen, part.parts)
    return dict(zip(MEASURES, (*numbers, character_f1(spans, part.marks.words)), strict=True))


def single_people(rows: list[MarkedRow], parts: list[Marked], bootstrap: RowBootstrap) -> dict | None:
    """What single annotators reach against the marks they helped to make: each row the mean of its own; None without.

    They choose words and rank none, so there is no area.
    """
    if not all(part.marks.people for part in parts):
        return None
    found = []
    for row, part in zip(rows, parts, strict=True):
        single = [_annotator(row, part, spans) for spans in part.marks.people]
        found.append({name: np.mean([one[name] for one in single]) for name in MEASURES[1:]})
    return {name: bootstrap.estimate(np.array([row[name] for row in found])) for name in MEASURES[1:]}


def _annotator(row: MarkedRow, part: Marked, spans) -> dict[str, float]:
    """Their characters as they marked them, their words as the marked ones are found."""
    chosen = marked(row.words, spans, row.trace.x)
    return agreement(row, part, chosen) | {"character_f1": character_f1(spans, part.marks.words)}
