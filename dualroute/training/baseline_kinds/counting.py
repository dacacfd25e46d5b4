"""Baselines that count labels."""

from collections import Counter, defaultdict

import numpy as np

from dualroute.tasks import Example
from dualroute.training.baseline_kinds.base import Answers, of_margins, two_classes
from dualroute.training.rows import Splits

PRIOR_ROWS = 2  # of labels in the proportion of all rows, so that one row alone does not decide


def majority(splits: Splits, rows: list[Example]) -> Answers:
    """The most frequent label of the training rows, whatever is asked."""
    (label, _), *_ = Counter(row.label for row in splits.train).most_common()
    classes = two_classes(row.label for row in splits.train)
    margins = np.full(len(rows), 2.0 * (label == classes[1]) - 1) if classes else None
    return Answers(np.full(len(rows), label), margins)


def most_frequent_of_x(splits: Splits, rows: list[Example]) -> Answers:
    """The most frequent label of the training rows with the same x; of all rows where there are none."""
    counts = defaultdict(Counter)
    for row in splits.train:
        counts[row.x][row.label] += 1
    overall = sum(counts.values(), Counter())
    return Answers(np.array([counts.get(row.x, overall).most_common(1)[0][0] for row in rows], dtype=object))


def majority_of_x(splits: Splits, rows: list[Example]) -> Answers | None:
    """The label that the same group, or without groups the same x, most often has in the training rows."""
    classes = two_classes(row.label for row in splits.train)
    if not classes:
        return None
    found = defaultdict(list)
    for row in splits.train:
        found[_key(row)].append(row.label == classes[1])
    share = np.mean([row.label == classes[1] for row in splits.train])

    def preferred(row: Example) -> float:
        labels = found.get(_key(row), [])
        return (sum(labels) + PRIOR_ROWS * share) / (len(labels) + PRIOR_ROWS) - 0.5

    return of_margins(np.array([preferred(row) for row in rows]), classes)


def _key(row: Example) -> str:
    return row.group or row.x
