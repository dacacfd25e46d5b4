"""A baseline for recommendations that reads no text: matrix factorisation of the ratings in the same rows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from sklearn.decomposition import TruncatedSVD
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from dualroute.data.splits import Splits
from dualroute.evaluation.baselines.simple import BaselineAnswers, answers_from_margins, two_classes
from dualroute.inputs import parse_items
from dualroute.tasks import Example

RANKS = (4, 8, 16, 32, 64)
PRIOR_RATINGS = 5  # ratings of 0 added to every item, so that an item rated once does not rank first
LABEL_RATING = 1.0  # scaled rating assigned to the label of a training row: liked 1, disliked -1


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings of M items by N readers, minus each reader's mean, and these means."""

    matrix: Any  # (N,M) csr_array, whose shape and operators are not annotated
    means: np.ndarray  # (N,)


def factorisation(splits: Splits, rows: list[Example]) -> BaselineAnswers | None:
    """Answer by item offsets and item factors learned from the training rows; a new reader is folded in by the history.

    Factors are singular vectors of the ratings minus each reader's mean, with 0 for missing ratings, as in PureSVD
    (Cremonesi et al. 2010); a reader's factors are the history's ratings times the factors of its items. A logistic
    regression weights the reader's mean, the item's offset and the product of factors. It is fitted, and the rank is
    chosen, on the validation rows, because the factors already contain the labels of the training rows. Returns None
    without validation rows, without two classes or without rated histories.
    """
    classes = two_classes(row.label for row in splits.train)
    if not classes or not splits.validation or not any(row.h.strip() for row in splits.train):
        return None
    index = {name: i for i, name in enumerate(sorted(_names(splits.train)))}
    learned = _ratings(splits.train, index, classes[1])
    offsets = _offsets(learned.matrix)
    ranks = [rank for rank in RANKS if rank < min(learned.matrix.shape)] or [1]
    truth = np.array([row.label == classes[1] for row in splits.validation])
    candidates = []
    for rank in ranks:
        svd = TruncatedSVD(rank, random_state=0)
        svd.fit(learned.matrix)
        factors = np.asarray(svd.components_).T  # (M,rank)
        features = _features(splits.validation, index, offsets, factors)
        regression = LogisticRegression().fit(features, truth)
        area = roc_auc_score(truth, regression.decision_function(features))
        candidates.append((area, rank, factors, regression))
    _, rank, factors, regression = max(candidates, key=lambda candidate: candidate[0])
    margins = regression.decision_function(_features(rows, index, offsets, factors))
    return answers_from_margins(margins, classes, rank=rank)


def _names(rows: list[Example]) -> set[str]:
    return {item.title for row in rows for item in parse_items(row.h)} | {row.group for row in rows}


def _ratings(rows: list[Example], index: dict[str, int], liked: str | None = None) -> Ratings:
    """Return the ratings of the histories and, if `liked` names a label, those of the rows' own labels and items.

    A row's own item is its `Example.group`.
    """
    entries, means = [], np.zeros(len(rows))
    for i, row in enumerate(rows):
        rated = {item.title: item.scaled for item in parse_items(row.h)}
        means[i] = np.mean(list(rated.values())) if rated else 0.0
        if liked:
            rated[row.group] = LABEL_RATING if row.label == liked else -LABEL_RATING
        entries += [(i, index[name], rating - means[i]) for name, rating in rated.items() if name in index]
    at, items, values = map(np.array, zip(*entries, strict=True)) if entries else (np.zeros(0, int),) * 3
    return Ratings(csr_array((values, (at, items)), shape=(len(rows), len(index))), means)


def _offsets(matrix: Any) -> np.ndarray:
    """Return the mean (M,) of each item's ratings, which are relative to its readers' means."""
    return matrix.sum(0) / ((matrix != 0).sum(0) + PRIOR_RATINGS)


def _features(rows: list[Example], index: dict[str, int], offsets: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Return (N,3): the reader's mean, the item's offset, the product of their factors; 0 for an unknown item."""
    ratings = _ratings(rows, index)
    items = np.array([index.get(row.group, -1) for row in rows])
    is_known = items >= 0
    readers = ratings.matrix @ factors  # (N,rank)
    products = (readers * factors[items]).sum(1) * is_known
    return np.stack([ratings.means, offsets[items] * is_known, products], axis=1)
