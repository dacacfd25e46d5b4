"""A factorisation of ratings: what recommenders that read no text reach from the same rows."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from sklearn.decomposition import TruncatedSVD
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from dualroute.data.splits import Splits
from dualroute.evaluation.baselines.base import Answers, of_margins, two_classes
from dualroute.inputs import parse_items
from dualroute.tasks import Example

RANKS = (4, 8, 16, 32, 64)
PRIOR_RATINGS = 5  # of rating 0, so that a film rated once does not stand at the top
ANSWERED = 1.0  # scaled rating that a training row's label stands for: liked 1, disliked -1


@dataclass(frozen=True, eq=False)
class Ratings:
    """N readers by M items: their ratings about their own mean, and that mean."""

    matrix: csr_array  # (N,M)
    means: np.ndarray  # (N,)


def factorisation(splits: Splits, rows: list[Example]) -> Answers | None:
    """Items' offsets and factors from the training rows; a new reader is folded in from the ratings of the history.

    Singular vectors of the ratings about each reader's mean (missing ones 0), as in PureSVD (Cremonesi et al. 2010):
    a reader's factors are the history's ratings times those of its items. A logistic regression weighs the reader's
    mean, the item's offset and the product of factors; it and the rank are chosen on the validation rows, for of the
    training rows the factors know the answers. None without a validation part, two classes or rated histories.
    """
    classes = two_classes(row.label for row in splits.train)
    if not classes or not splits.validation or not any(row.h.strip() for row in splits.train):
        return None
    index = {name: i for i, name in enumerate(sorted(_names(splits.train)))}
    learned = _ratings(splits.train, index, classes[1])
    offsets = _offsets(learned.matrix)
    rank_of = [rank for rank in RANKS if rank < min(learned.matrix.shape)] or [1]
    truth = np.array([row.label == classes[1] for row in splits.validation])
    best = None
    for rank in rank_of:
        factors = TruncatedSVD(rank, random_state=0).fit(learned.matrix).components_.T  # (M,rank)
        seen = _features(splits.validation, index, offsets, factors)
        weigh = LogisticRegression().fit(seen, truth)
        area = roc_auc_score(truth, weigh.decision_function(seen))
        if best is None or area > best[0]:
            best = area, rank, factors, weigh
    _, rank, factors, weigh = best
    return of_margins(weigh.decision_function(_features(rows, index, offsets, factors)), classes, rank=rank)


def _names(rows: list[Example]) -> set[str]:
    return {item.title for row in rows for item in parse_items(row.h)} | {row.group for row in rows}


def _ratings(rows: list[Example], index: dict[str, int], liked: str | None = None) -> Ratings:
    """Ratings of the histories and, with `liked`, what the rows' own labels say of their item (`Example.group`)."""
    entries, means = [], np.zeros(len(rows))
    for i, row in enumerate(rows):
        rated = {item.title: item.scaled for item in parse_items(row.h)}
        means[i] = np.mean(list(rated.values())) if rated else 0.0
        if liked:
            rated[row.group] = ANSWERED if row.label == liked else -ANSWERED
        entries += [(i, index[name], rating - means[i]) for name, rating in rated.items() if name in index]
    at, items, values = map(np.array, zip(*entries, strict=True)) if entries else (np.zeros(0, int),) * 3
    return Ratings(csr_array((values, (at, items)), shape=(len(rows), len(index))), means)


def _offsets(matrix: csr_array) -> np.ndarray:
    """(M,) mean rating of each item about its readers' means."""
    return matrix.sum(0) / ((matrix != 0).sum(0) + PRIOR_RATINGS)


def _features(rows: list[Example], index: dict[str, int], offsets: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """(N,3) the reader's mean, the item's offset, the product of their factors; 0 for an item that is not known."""
    ratings = _ratings(rows, index)
    items = np.array([index.get(row.group, -1) for row in rows])
    known = items >= 0
    readers = ratings.matrix @ factors  # (N,rank)
    products = (readers * factors[items]).sum(1) * known
    return np.stack([ratings.means, offsets[items] * known, products], axis=1)
