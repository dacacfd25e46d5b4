"""What bags of words reach: TF-IDF and logistic regression."""

from collections.abc import Callable

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from dualroute.tasks import Example
from dualroute.training.baseline_kinds.base import Answers
from dualroute.training.rows import Splits

STRENGTHS = (1.0, 4.0, 16.0)  # C of the logistic regression, the inverse of its regularisation
MOST_FEATURES = 100_000  # the most frequent words and pairs; rarer ones cost minutes and change nothing


def of(text: Callable[[Example], str]) -> Callable[[Splits, list[Example]], Answers | None]:
    """The baseline that sees `text` of a row. It has nothing to learn where that is empty in all training rows.

    The strength C is the one of `STRENGTHS` that is most accurate on the validation rows; without any the middle one.
    """

    def answer(splits: Splits, rows: list[Example]) -> Answers | None:
        return _classify(splits, rows, text) if any(text(row).strip() for row in splits.train) else None

    return answer


def _classify(splits: Splits, rows: list[Example], text) -> Answers:
    vectorizer = TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, strip_accents="unicode", max_features=MOST_FEATURES
    )
    features = vectorizer.fit_transform(map(text, splits.train))

    def fit(strength: float) -> LogisticRegression:
        return LogisticRegression(C=strength, max_iter=1000).fit(features, [row.label for row in splits.train])

    def answers(model: LogisticRegression, part: list[Example], strength: float) -> Answers:
        seen = vectorizer.transform(map(text, part))
        margins = model.decision_function(seen) if len(model.classes_) == 2 else None
        return Answers(model.predict(seen), margins, {"strength": strength})

    if not splits.validation:
        strength = STRENGTHS[len(STRENGTHS) // 2]
        return answers(fit(strength), rows, strength)
    models = [fit(strength) for strength in STRENGTHS]
    truth = np.array([row.label for row in splits.validation])
    right = [np.mean(answers(model, splits.validation, 0).labels == truth) for model in models]
    best = int(np.argmax(right))
    return answers(models[best], rows, STRENGTHS[best])
