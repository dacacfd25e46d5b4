"""Baselines that answer with what a training row says."""

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from dualroute.tasks import Example
from dualroute.training.baseline_kinds.base import Answers
from dualroute.training.rows import Splits

MOST_FEATURES = 50_000


def nearest_label(splits: Splits, rows: list[Example]) -> Answers:
    """The label of the training row whose x is most like this one, by the cosine of their TF-IDF."""
    vectorizer = TfidfVectorizer(sublinear_tf=True, max_features=MOST_FEATURES)
    known = vectorizer.fit_transform(row.x for row in splits.train)
    nearest = [int((known @ row.T).toarray().argmax()) for row in vectorizer.transform(row.x for row in rows)]
    return Answers(np.array([splits.train[i].label for i in nearest], dtype=object))
