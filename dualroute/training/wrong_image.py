"""The control for pictures: what is left of the score when every row gets another row's picture."""

from dataclasses import replace

import numpy as np

from dualroute.tasks import Example


def with_wrong_images(rows: list[Example], seed: int = 0) -> list[Example]:
    """Every row with a picture gets another one of the rows' pictures; rows of the same picture stay together.

    Raises ValueError where there are not two different pictures.
    """
    names = sorted({row.image for row in rows if row.image})
    if len(names) < 2:
        raise ValueError("to show wrong pictures, at least two different ones are needed")
    shuffled = np.random.default_rng(seed).permutation(names).tolist()
    other = dict(zip(shuffled, shuffled[1:] + shuffled[:1], strict=True))  # one round: nobody keeps its own
    return [replace(row, image=other[row.image]) if row.image else row for row in rows]
