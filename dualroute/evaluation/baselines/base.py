"""What a baseline says."""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, eq=False)
class Answers:
    """Of N rows.

    labels   (N,) the label predicted
    margins  (N,) of two classes, sorted by name, by how much the second is preferred; None for other numbers of classes
    chosen   what was chosen on the validation rows, for the results
    """

    labels: np.ndarray
    margins: np.ndarray | None = None
    chosen: dict = field(default_factory=dict)


def of_margins(margins: np.ndarray, classes: list[str], **chosen) -> Answers:
    """Answers of two classes, sorted by name, by the sign of margins (N,)."""
    return Answers(np.where(np.asarray(margins) > 0, classes[1], classes[0]), np.asarray(margins), chosen)


def two_classes(labels) -> list[str] | None:
    """The classes, sorted, where there are two."""
    classes = sorted(set(labels))
    return classes if len(classes) == 2 else None
