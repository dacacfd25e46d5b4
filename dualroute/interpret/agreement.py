"""How far attributions of one target put the words in the same order. Plain numpy and scipy."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from scipy.stats import spearmanr

from dualroute.interpret.attribution import Attribution
from dualroute.interpret.methods import METHODS


@dataclass(frozen=True)
class Agreement:
    """Rank correlations (Spearman) between the M attributions of one target, over all units of x and h together.

    correlations  M rows of M numbers in [-1, 1]; nan where an attribution gives all units the same score
    by_size       where true, sizes were compared and not signed scores: one of the two methods has no sign
    with_exact    (M,) each one's correlation with the model's own contributions; nan without them
    """

    target: str
    methods: tuple[str, ...]
    correlations: tuple[tuple[float, ...], ...]
    by_size: tuple[tuple[bool, ...], ...]
    with_exact: tuple[float, ...]

    def to_dict(self) -> dict:
        """Plain values by field name; nan becomes None, which JSON has a word for."""
        told = asdict(self)
        told["correlations"] = [[_or_none(value) for value in row] for row in self.correlations]
        return told | {"with_exact": [_or_none(value) for value in self.with_exact]}


def agreement(attributions: Sequence[Attribution]) -> Agreement:
    """The agreement of attributions of one input and target by one unit. `exact` may be among them.

    Raises ValueError for none, or for some of different inputs, targets or units.
    """
    _check(attributions)
    methods = tuple(found.method for found in attributions)
    unsigned = [not METHODS[name].signed for name in methods]
    by_size = tuple(tuple(one or other for other in unsigned) for one in unsigned)
    scores = [np.concatenate([found.scores, found.context_scores]) for found in attributions]
    table = tuple(
        tuple(spearman(one, other, size) for other, size in zip(scores, sizes, strict=True))
        for one, sizes in zip(scores, by_size, strict=True)
    )
    exact = methods.index("exact") if "exact" in methods else None
    with_exact = tuple(math.nan if exact is None else row[exact] for row in table)
    return Agreement(attributions[0].target, methods, table, by_size, with_exact)


def spearman(first: np.ndarray, second: np.ndarray, by_size: bool = False) -> float:
    """Correlation of the ranks of two (N,), ties sharing their mean rank; nan where either is the same
    everywhere, or there is one unit.

    by_size  ranks of |first| and |second|
    """
    if by_size:
        first, second = np.abs(first), np.abs(second)
    if len(first) < 2 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return math.nan
    return float(spearmanr(first, second).statistic)


def _check(attributions: Sequence[Attribution]) -> None:
    if not attributions:
        raise ValueError("no attribution given")
    asked = {(a.target, a.granularity, len(a.scores), len(a.context_scores)) for a in attributions}
    specs = [found.spec for found in attributions if found.spec is not None]
    if len(asked) > 1 or any(spec != specs[0] for spec in specs):
        raise ValueError("the attributions are of different inputs, targets or units: they cannot be compared")


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value
