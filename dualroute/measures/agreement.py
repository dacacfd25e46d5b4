"""Agreement of attributions with each other, and of a ranking of words with the words that people marked.

Rank correlations compare attributions. The measures for marked words are those of ERASER (DeYoung et al. 2020) for
ranked and for chosen words, and the character F1 of SemEval-2021 task 5 (Pavlopoulos et al. 2021); each lies in [0, 1].
A span is [start, end).
"""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

import numpy as np
from scipy.stats import spearmanr  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]
from sklearn.metrics import average_precision_score  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

from dualroute.trace.attribution import Attribution


@dataclass(frozen=True)
class Agreement:
    """Rank correlations (Spearman) between the M attributions of one target, over all units of x and h together.

    correlations  (M,M) numbers in [-1, 1]; nan where an attribution gives all units the same score
    by_size       (M,M) whether absolute scores were compared, because one of the two methods has no sign
    with_exact    (M,) correlation with the model's own contributions; nan without them
    """

    target: str
    methods: tuple[str, ...]
    correlations: tuple[tuple[float, ...], ...]
    by_size: tuple[tuple[bool, ...], ...]
    with_exact: tuple[float, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values by field name, for JSON; nan becomes None."""
        correlations = [[_or_none(value) for value in row] for row in self.correlations]
        with_exact = [_or_none(value) for value in self.with_exact]
        return asdict(self) | {"correlations": correlations, "with_exact": with_exact}


def agreement(attributions: Sequence[Attribution], unsigned: Collection[str] = ()) -> Agreement:
    """The agreement of attributions of one input and target, in the same units. `exact` may be among the methods.

    unsigned  names of methods whose scores have no sign: they are compared by size

    Raises ValueError for no attributions, and for those of different inputs, targets or units.
    """
    _check(attributions)
    methods = tuple(attribution.method for attribution in attributions)
    no_sign = [name in unsigned for name in methods]
    by_size = tuple(tuple(one or other for other in no_sign) for one in no_sign)
    scores = [np.concatenate([attribution.scores, attribution.context_scores]) for attribution in attributions]
    table = tuple(
        tuple(spearman(one, other, size) for other, size in zip(scores, sizes, strict=True))
        for one, sizes in zip(scores, by_size, strict=True)
    )
    exact = methods.index("exact") if "exact" in methods else None
    with_exact = tuple(math.nan if exact is None else row[exact] for row in table)
    return Agreement(attributions[0].target, methods, table, by_size, with_exact)


def spearman(first: np.ndarray, second: np.ndarray, by_size: bool = False) -> float:
    """Rank correlation of two arrays (N,), ties with their mean rank; nan where either is constant, or N < 2.

    by_size  compare |first| and |second|
    """
    if by_size:
        first, second = np.abs(first), np.abs(second)
    if len(first) < 2 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return math.nan
    result: Any = spearmanr(first, second)
    return float(result.statistic)


def _check(attributions: Sequence[Attribution]) -> None:
    if not attributions:
        raise ValueError("no attribution given")
    subjects = {(a.target, a.granularity, len(a.scores), len(a.context_scores)) for a in attributions}
    specs = [attribution.spec for attribution in attributions if attribution.spec is not None]
    if len(subjects) > 1 or any(spec != specs[0] for spec in specs):
        raise ValueError("the attributions are of different inputs, targets or units: they cannot be compared")


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value


Span = tuple[int, int]
SHARES = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7)
FRACTIONS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
MATCH = 0.5  # smallest intersection over union of a span that ERASER counts as matched


@dataclass(frozen=True)
class Choice:
    """A rule that chooses words by their scores.

    kind   `share`: the best `value` of all words; `relative`: the words with at least `value` times the highest score
    """

    kind: str
    value: float

    def __call__(self, scores: np.ndarray) -> np.ndarray:
        """(N,) bool for scores (N,): at least one word, among equal ones the first."""
        order = np.argsort(-scores, kind="stable")
        chosen = np.zeros(len(scores), dtype=bool)
        if self.kind == "share":
            chosen[order[: math.ceil(self.value * len(scores))]] = True
        else:
            chosen = scores >= self.value * scores.max() if scores.max() > 0 else chosen
        chosen[order[:1]] = True
        return chosen


CHOICES = tuple(Choice("share", value) for value in SHARES) + tuple(Choice("relative", value) for value in FRACTIONS)


def best_choice(rankings: Sequence[np.ndarray], truths: Sequence[np.ndarray]) -> Choice:
    """The rule of `CHOICES` with the highest mean F1 over rows, for scores (N,) and marked words (N,) bool of each row.

    Raises ValueError without rows.
    """
    if not rankings:
        raise ValueError("no rows to choose by")
    pairs = list(zip(rankings, truths, strict=True))
    return max(CHOICES, key=lambda choice: float(np.mean([f1(choice(scores), truth) for scores, truth in pairs])))


def marked(words: Iterable[Span], spans: Iterable[Span], text: str) -> np.ndarray:
    """(N,) bool, whether at least half of a word's letters and digits lie in `spans`.

    words, spans  [start, end) of characters of `text`
    A word without letters or digits counts by all its characters, an empty one is never marked.
    """
    inside = characters(spans)
    return np.array([_half_inside(word, inside, text) for word in words], dtype=bool)


def auprc(scores: np.ndarray, truth: np.ndarray) -> float:
    """Average precision of scores (N,) for marked words (N,) bool. Raises ValueError when all or none are marked."""
    if truth.all() or not truth.any():
        raise ValueError("all words are marked, or none is: there is no ranking to measure")
    return float(cast(float, average_precision_score(truth, scores)))


def f1(chosen: np.ndarray, truth: np.ndarray) -> float:
    """Harmonic mean of precision and recall of chosen words (N,) bool; 1 where nothing is chosen and nothing marked."""
    return _f1(int((chosen & truth).sum()), int(chosen.sum()), int(truth.sum()))


def iou(chosen: np.ndarray, truth: np.ndarray) -> float:
    """Chosen and marked words over chosen or marked ones; 1 where there are neither."""
    union = int((chosen | truth).sum())
    return int((chosen & truth).sum()) / union if union else 1.0


def iou_f1(chosen: np.ndarray, truth: np.ndarray) -> float:
    """ERASER's IOU F1 of one row: a run of chosen words matches a marked run if they share `MATCH` of their union."""
    chosen_runs, marked_runs = runs(chosen), runs(truth)
    # Two runs cannot both share half of their union with one mark: runs of words have a gap between them.
    matched = sum(any(_overlap(one, other) >= MATCH for other in marked_runs) for one in chosen_runs)
    return _f1(matched, len(chosen_runs), len(marked_runs))


def character_f1(spans: Iterable[Span], truth: Iterable[Span]) -> float:
    """SemEval-2021 task 5: F1 of the characters in spans; 1 where both have none, 0 where only one has some."""
    chosen, marks = characters(spans), characters(truth)
    return _f1(len(chosen & marks), len(chosen), len(marks))


def chosen_spans(words: Sequence[Span], chosen: np.ndarray) -> list[Span]:
    """The characters of chosen words and those between neighbours, which people mark too."""
    return [(words[first][0], words[end - 1][1]) for first, end in runs(chosen)]


def runs(chosen: np.ndarray) -> list[Span]:
    """[first, end) of every run of True in chosen (N,)."""
    edges = np.flatnonzero(np.diff(np.r_[False, chosen, False].astype(int)))
    return [(int(first), int(end)) for first, end in edges.reshape(-1, 2)]


def characters(spans: Iterable[Span]) -> set[int]:
    """The indices of the characters in any of the spans."""
    return {index for start, end in spans for index in range(start, end)}


def _half_inside(word: Span, inside: set[int], text: str) -> bool:
    counted = [index for index in range(*word) if text[index].isalnum()] or list(range(*word))
    return len(counted) > 0 and sum(index in inside for index in counted) >= len(counted) / 2


def _overlap(one: Span, other: Span) -> float:
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return max(0, shared) / (max(one[1], other[1]) - min(one[0], other[0])) if shared > 0 else 0.0


def _f1(both: int, chosen: int, marked: int) -> float:
    return 2 * both / (chosen + marked) if chosen + marked else 1.0
